/** All kept machines: their names, sizes and files, and the room that they take. */
import { useEffect, type ReactElement } from "react";
import type { SavedSession } from "../../contract/sessions";
import { useSpeech } from "../i18n/LanguageContext";
import { useSnapshot } from "../store";
import { Dialog } from "../ui/Dialog";
import { Button } from "../ui/Button";
import { Card } from "../ui/Card";
import type { PlaceText } from "./page-door";
import { RoomSection } from "./RoomSection";
import { SaveAsField } from "./SaveAsField";
import { SessionRow } from "./SessionRow";
import { failureReason, sessionName } from "./session-words";
import type { Sessions } from "./sessions";
import { NAMELESS_KEPT } from "./shelf-store";
import styles from "./SessionsDialog.module.css";

export interface SessionsDialogProps {
  readonly sessions: Sessions;
  readonly describePlace: (place: string | undefined) => PlaceText | undefined;
  readonly onOpen: (session: SavedSession) => void;
  readonly onClose: () => void;
}

export function SessionsDialog(props: SessionsDialogProps): ReactElement {
  const { sessions, describePlace, onOpen, onClose } = props;
  const { shelf, saver } = sessions;
  const speech = useSpeech();
  const { t, format } = speech;
  const { dialog } = t.sessions;
  const { saved, busy, failure, imported } = useSnapshot(shelf);
  useEffect(() => {
    shelf.dismissFailure();
    void shelf.look();
  }, [shelf]);

  const nameOf = (session: SavedSession): string =>
    sessionName(session, describePlace(session.place), speech);
  const status = (): string => {
    if (busy === "export") return dialog.exporting;
    if (busy === "import") return dialog.importing;
    return imported === undefined ? "" : dialog.imported(nameOf(imported));
  };
  const footer = (
    <>
      <label className={styles.file} data-disabled={busy !== undefined}>
        <input
          type="file"
          accept=".drydock"
          data-testid="import-file"
          disabled={busy !== undefined}
          onChange={(event) => {
            const [file] = event.target.files ?? [];
            event.target.value = "";
            if (file !== undefined) void shelf.import(file);
          }}
        />
        {dialog.import}
      </label>
      <Button look="primary" onClick={onClose}>
        {t.actions.done}
      </Button>
    </>
  );
  return (
    <Dialog title={dialog.heading} closeLabel={t.actions.close} onClose={onClose} footer={footer} wide>
      <p role="status" className={styles.status}>
        {status()}
      </p>
      {failure === undefined ? null : (
        <Card
          tone="signal"
          icon="alert"
          role="alert"
          data-testid="shelf-failure"
          data-code={failure.error.code}
        >
          <span>{dialog.failures[failure.work](failureReason(failure.error, speech))}</span>
        </Card>
      )}
      {saver.canSaveAs ? <SaveAsField shelf={shelf} busy={busy !== undefined} /> : null}
      {saved?.length === 0 ? <p className={styles.empty}>{dialog.empty}</p> : null}
      <ul className={styles.sessions} aria-label={dialog.heading}>
        {saved?.map((session) => (
          <SessionRow
            key={session.id}
            session={session}
            name={nameOf(session)}
            place={describePlace(session.place)}
            isOwn={session.id === shelf.own}
            shelf={shelf}
            busy={busy !== undefined}
            onOpen={() => onOpen(session)}
          />
        ))}
      </ul>
      <p className="quiet">{dialog.namelessHint(format.count(NAMELESS_KEPT))}</p>
      <RoomSection shelf={shelf} nameOf={(id) => nameById(id)} />
    </Dialog>
  );

  function nameById(id: string): string {
    const session = saved?.find((each) => each.id === id);
    return session === undefined ? t.sessions.nameless : nameOf(session);
  }
}
