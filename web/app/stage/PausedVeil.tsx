/** Over the terminals while the machine is paused: what is to be seen, and the way back. */
import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import styles from "./PausedVeil.module.css";

export function PausedVeil({ onResume }: { readonly onResume: () => void }): ReactElement {
  const { t } = useSpeech();
  return (
    <div className={styles.veil} data-testid="paused">
      <Card raised className={styles.card}>
        <h2>{t.paused.heading}</h2>
        <p className="quiet">{t.paused.body}</p>
        <Button look="primary" icon="play" autoFocus onClick={onResume}>
          {t.actions.resume}
        </Button>
      </Card>
    </div>
  );
}
