/** Asks before another machine takes this one's place, and says what becomes of this one. */
import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { Dialog } from "../../ui/Dialog";

export interface RestartDialogProps {
  /** The machine is saved, and can be opened again. */
  readonly isKept: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

export function RestartDialog({ isKept, onConfirm, onClose }: RestartDialogProps): ReactElement {
  const { t } = useSpeech();
  const footer = (
    <>
      {/* First in the dialog's order: Enter does no harm. */}
      <button type="button" className="button" autoFocus onClick={onClose}>
        {t.actions.cancel}
      </button>
      <button
        type="button"
        className={isKept ? "button button--primary" : "button button--danger"}
        onClick={onConfirm}
      >
        {isKept ? t.restart.confirm : t.restart.confirmLost}
      </button>
    </>
  );
  return (
    <Dialog title={t.restart.heading} closeLabel={t.actions.close} onClose={onClose} footer={footer}>
      <p>{isKept ? t.restart.body : t.restart.bodyLost}</p>
      {isKept ? null : (
        <ul className="losses">
          {t.restart.losses.map((loss) => (
            <li key={loss}>{loss}</li>
          ))}
        </ul>
      )}
      <p className="quiet">{t.restart.keeps}</p>
    </Dialog>
  );
}
