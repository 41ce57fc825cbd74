/** Asks before another machine takes this one's place, and says what becomes of this one. */
import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import styles from "./RestartDialog.module.css";

export interface RestartDialogProps {
  /** The clean machine will be of another release. */
  readonly isNewRelease: boolean;
  /** The machine is saved, and can be opened again. */
  readonly isKept: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

export function RestartDialog(props: RestartDialogProps): ReactElement {
  const { isNewRelease, isKept, onConfirm, onClose } = props;
  const { t } = useSpeech();
  const footer = (
    <>
      {/* First in the dialog's order: Enter does no harm. */}
      <Button autoFocus onClick={onClose}>
        {t.actions.cancel}
      </Button>
      <Button look={isKept ? "primary" : "danger"} onClick={onConfirm}>
        {isKept ? t.restart.confirm : t.restart.confirmLost}
      </Button>
    </>
  );
  return (
    <Dialog title={t.restart.heading} closeLabel={t.actions.close} onClose={onClose} footer={footer}>
      <p>{isKept ? t.restart.body : t.restart.bodyLost}</p>
      {isKept ? null : (
        <ul className={styles.losses}>
          {t.restart.losses.map((loss) => (
            <li key={loss}>{loss}</li>
          ))}
        </ul>
      )}
      <p className="quiet">{t.restart.keeps}</p>
      {isNewRelease ? <p>{t.offline.release.restartNote}</p> : null}
    </Dialog>
  );
}
