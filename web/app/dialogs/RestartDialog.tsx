/** Asks before the machine is thrown away, and says what goes with it. */
import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import styles from "./RestartDialog.module.css";

export interface RestartDialogProps {
  /** The clean machine will be of another release. */
  readonly isNewRelease: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

export function RestartDialog({ isNewRelease, onConfirm, onClose }: RestartDialogProps): ReactElement {
  const { t } = useSpeech();
  const footer = (
    <>
      {/* First in the dialog's order: Enter does no harm. */}
      <Button autoFocus onClick={onClose}>
        {t.actions.cancel}
      </Button>
      <Button look="danger" onClick={onConfirm}>
        {t.restart.confirm}
      </Button>
    </>
  );
  return (
    <Dialog title={t.restart.heading} closeLabel={t.actions.close} onClose={onClose} footer={footer}>
      <p>{t.restart.body}</p>
      <ul className={styles.losses}>
        {t.restart.losses.map((loss) => (
          <li key={loss}>{loss}</li>
        ))}
      </ul>
      <p className="quiet">{t.restart.keeps}</p>
      {isNewRelease ? <p>{t.offline.release.restartNote}</p> : null}
    </Dialog>
  );
}
