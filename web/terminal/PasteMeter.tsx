/** The progress of a large paste, and the way to stop it. */
import type { ReactElement } from "react";
import { useSpeech } from "../i18n/LanguageContext";
import type { PasteProgress } from "./input-queue";

/** Smaller pastes are over before anybody could read of them. */
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
    <div className="float paste-meter" data-testid="paste">
      <div className="paste-meter__text">{text}</div>
      <div
        className="meter"
        role="progressbar"
        aria-label={t.paste.label}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={sent}
        aria-valuetext={text}
      >
        <div className="meter__bar" style={{ inlineSize: `${(sent / total) * 100}%` }} />
      </div>
      <button type="button" className="button" onClick={onCancel}>
        {t.paste.cancel}
      </button>
    </div>
  );
}
