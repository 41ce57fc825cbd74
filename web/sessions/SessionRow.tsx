/** One kept machine in the list, and what can be done with it. */
import { useId, useState, type SubmitEvent, type ReactElement } from "react";
import type { SavedSession } from "../../contract/sessions";
import { useSpeech } from "../i18n/LanguageContext";
import { Button } from "../ui/Button";
import { Input } from "../ui/Input";
import { offerFile } from "./offer-file";
import type { PlaceText } from "./page-door";
import { readName, type ShelfStore } from "./shelf-store";
import { SessionAbout, SessionNotes } from "./SavedSession";
import saved from "./SavedSession.module.css";
import styles from "./SessionsDialog.module.css";

export interface SessionRowProps {
  readonly session: SavedSession;
  readonly name: string;
  readonly place: PlaceText | undefined;
  /** It is the machine that runs in this tab. */
  readonly isOwn: boolean;
  readonly shelf: ShelfStore;
  readonly busy: boolean;
  readonly onOpen: () => void;
}

export function SessionRow(props: SessionRowProps): ReactElement {
  const { session, name, place, isOwn, shelf, busy, onOpen } = props;
  const { t } = useSpeech();
  const { dialog, choice } = t.sessions;
  const [mode, setMode] = useState<"look" | "rename" | "drop">("look");
  const exportFile = async (): Promise<void> => {
    const file = await shelf.export(session.id);
    if (file !== undefined) offerFile(file, name);
  };
  return (
    <li className={saved.row} data-testid="saved-session" data-own={isOwn}>
      <div className={saved.text}>
        <strong>{name}</strong>
        {isOwn ? <span className={styles.badge}>{dialog.current}</span> : null}
        <SessionAbout session={session} place={place} />
        <SessionNotes session={isOwn ? { ...session, isInUse: false } : session} />
      </div>
      {mode === "rename" ? (
        <RenameForm
          name={session.name ?? name}
          onDone={() => setMode("look")}
          onRename={(next) => void shelf.rename(session.id, next)}
        />
      ) : null}
      {mode === "drop" ? (
        <div className={styles.sure} role="group" aria-label={dialog.dropLabel(name)}>
          <p>{dialog.dropSure(name)}</p>
          <Button autoFocus onClick={() => setMode("look")}>
            {t.actions.cancel}
          </Button>
          <Button
            look="danger"
            onClick={() => {
              setMode("look");
              void shelf.drop(session.id);
            }}
          >
            {dialog.dropYes}
          </Button>
        </div>
      ) : null}
      {mode === "look" ? (
        <div className={styles.ways}>
          {isOwn ? null : (
            <Button
              size="s"
              label={dialog.openLabel(name)}
              title={session.isInUse ? choice.takeOverHint : undefined}
              disabled={busy}
              onClick={onOpen}
            >
              {session.isInUse ? choice.takeOver : dialog.open}
            </Button>
          )}
          <Button size="s" label={dialog.renameLabel(name)} disabled={busy} onClick={() => setMode("rename")}>
            {dialog.rename}
          </Button>
          <Button size="s" label={dialog.exportLabel(name)} disabled={busy} onClick={() => void exportFile()}>
            {dialog.export}
          </Button>
          <Button
            size="s"
            label={dialog.dropLabel(name)}
            title={isOwn ? dialog.dropOwn : undefined}
            disabled={busy || session.isInUse || isOwn}
            onClick={() => setMode("drop")}
          >
            {dialog.drop}
          </Button>
        </div>
      ) : null}
    </li>
  );
}

function RenameForm(props: {
  readonly name: string;
  readonly onRename: (name: string) => void;
  readonly onDone: () => void;
}): ReactElement {
  const { name, onRename, onDone } = props;
  const { t } = useSpeech();
  const [text, setText] = useState(name);
  const id = useId();
  const next = readName(text);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (next === undefined) return;
    onRename(next);
    onDone();
  };
  return (
    <form className={styles.nameForm} onSubmit={submit}>
      <label htmlFor={id} className="visually-hidden">
        {t.sessions.dialog.nameLabel}
      </label>
      <Input
        id={id}
        className={styles.name}
        value={text}
        autoFocus
        invalid={next === undefined}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setText(event.target.value)}
      />
      <Button type="submit" look="primary" disabled={next === undefined}>
        {t.sessions.dialog.keepName}
      </Button>
      <Button onClick={onDone}>{t.actions.cancel}</Button>
    </form>
  );
}
