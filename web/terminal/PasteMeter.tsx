/** The progress of a large paste, and the way to stop it. */
import type { ReactElement } from "react";
import { useSpeech } from "../i18n/LanguageContext";
import { Button } from "../ui/Button";
import { Toast } from "../ui/Toast";
import type { PasteProgress } from "./input-queue";
import styles from "./PasteMeter.module.css";

/** Smaller pastes end before there is time to read this. */
export const LARGE_PASTE_BYTES = 64 * 1024;

export interface PasteMeterProps {
  readonly progress: PasteProgress;
  readonly onCancel: () => void;
}

export function PasteMeter({ progress, onCancel }: PasteMeterProps): ReactElement {
  const { t, format } = useSpeech();
  const { sent, total } = progress;
  const text = t.paste.progress(format.bytes(sent), format.bytes(total));
  return (
    <Toast data-testid="paste">
      <span className={styles.text}>{text}</span>
      <div
        className={styles.meter}
        role="progressbar"
        aria-label={t.paste.label}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={sent}
        aria-valuetext={text}
      >
        <div className={styles.bar} style={{ inlineSize: `${(sent / total) * 100}%` }} />
      </div>
      <Button size="s" onClick={onCancel}>
        {t.paste.cancel}
      </Button>
    </Toast>
  );
}
