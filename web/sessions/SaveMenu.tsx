/** The header's button that says how the machine is kept, and what hangs from it: saving, restore points, the shelf. */
import { useEffect, useEffectEvent, useId, useRef, type ReactElement } from "react";
import type { RestorePoint } from "../../contract/sessions";
import type { SessionState } from "../../contract/protocol";
import { useSpeech, type Speech } from "../i18n/LanguageContext";
import { useSnapshot } from "../store";
import { Button } from "../ui/Button";
import type { IconName } from "../ui/Icon";
import { useMachineSnapshot } from "../vm/MachineContext";
import { isSaveKey } from "./save-key";
import { failureReason, pointLabel } from "./session-words";
import type { Sessions } from "./sessions";
import { useNow } from "./use-now";
import styles from "./SaveMenu.module.css";

export interface SaveMenuProps {
  readonly sessions: Sessions;
  readonly onManage: () => void;
}

const ICONS: Readonly<Record<SessionState["kind"], IconName>> = {
  none: "save",
  unavailable: "alert",
  unsaved: "save",
  saving: "save",
  saved: "check",
  failed: "alert",
  taken: "alert",
};

export function SaveMenu({ sessions, onManage }: SaveMenuProps): ReactElement {
  const { saver, shelf } = sessions;
  const { t } = useSpeech();
  const { session } = useMachineSnapshot();
  const { saves, holdMs } = useSnapshot(saver);
  const { busy } = useSnapshot(sessions.points);
  const panel = useRef<HTMLDivElement>(null);
  const id = useId();
  const { menu } = t.sessions;
  // The menu has closed, and what is typed meanwhile is lost: that must be seen.
  const state = busy === "returning" ? menu.returning : menu.states[session.kind];

  const save = (): void => {
    saver.saveNow();
    shelf.askOnceForPersistence();
  };
  const handleKey = useEffectEvent((event: KeyboardEvent) => {
    if (!isSaveKey(event)) return;
    event.preventDefault();
    event.stopPropagation();
    save();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => handleKey(event);
    window.addEventListener("keydown", listener, { capture: true });
    return () => window.removeEventListener("keydown", listener, { capture: true });
  }, []);

  const close = (): void => panel.current?.hidePopover();
  return (
    <>
      <Button
        look="quiet"
        icon={ICONS[session.kind]}
        className={styles.trigger}
        data-testid="save-state"
        data-kind={session.kind}
        data-saves={saves}
        data-hold={holdMs}
        data-busy={busy}
        label={`${menu.label}: ${state}`}
        title={state}
        popoverTarget={id}
      >
        <span className={styles.words}>{state}</span>
      </Button>
      <div id={id} ref={panel} className={styles.menu} popover="auto" role="group" aria-label={menu.title}>
        <h2 className={styles.title}>{menu.title}</h2>
        <StateText session={session} />
        <div className={styles.ways}>
          <Button
            look="primary"
            disabled={!saver.canSave}
            onClick={() => {
              save();
              close();
            }}
          >
            {menu.saveNow}
            <kbd className={styles.key}>Ctrl+Shift+S</kbd>
          </Button>
          <Button
            onClick={() => {
              close();
              onManage();
            }}
          >
            {isFull(session) ? menu.makeRoom : menu.manage}
          </Button>
        </div>
        <Points sessions={sessions} onDone={close} />
      </div>
    </>
  );
}

function isFull(session: SessionState): boolean {
  return session.kind === "failed" && session.error.code === "no-room";
}

function StateText({ session }: { readonly session: SessionState }): ReactElement {
  const speech = useSpeech();
  const now = useNow();
  const standing =
    (session.kind === "failed" || session.kind === "unsaved") && session.savedAt !== undefined
      ? speech.t.sessions.menu.details.standing(speech.format.time(session.savedAt, now))
      : "";
  return (
    <p className={styles.state} data-kind={session.kind}>
      {stateText(session, speech, now)} {standing}
    </p>
  );
}

function stateText(session: SessionState, { t, format }: Speech, now: number): string {
  const { details } = t.sessions.menu;
  switch (session.kind) {
    case "saved":
      return details.saved(format.time(session.savedAt, now), format.bytes(session.bytes));
    case "unsaved":
      return session.savedAt === undefined ? details.neverSaved : details.unsaved;
    case "failed":
      return isFull(session) ? details.noRoom : details.failed(failureReason(session.error, { t }));
    case "none":
    case "unavailable":
    case "saving":
    case "taken":
      return details[session.kind];
  }
}

function Points({
  sessions,
  onDone,
}: {
  readonly sessions: Sessions;
  readonly onDone: () => void;
}): ReactElement {
  const { points: store } = sessions;
  const speech = useSpeech();
  const { points, busy, failure } = useSnapshot(store);
  const { menu } = speech.t.sessions;
  return (
    <section className={styles.points}>
      <h3>{menu.points}</h3>
      <p className="quiet">{points.length === 0 ? menu.noPoints : menu.pointsHint}</p>
      <Button
        title={menu.leaveHint}
        disabled={busy !== "no" || !store.canLeave}
        onClick={() => void store.leave("command", "")}
      >
        {menu.leave}
      </Button>
      <p role="status" className={styles.status}>
        {busy === "leaving" ? menu.leaving : busy === "returning" ? menu.returning : ""}
        {failure === undefined ? "" : menu.failed(failureReason(failure, speech))}
      </p>
      <ul className={styles.list}>
        {points.map((point) => (
          <Point
            key={point.id}
            point={point}
            disabled={busy !== "no"}
            onGoBack={() => {
              onDone();
              void store.undoTo(point);
            }}
          />
        ))}
      </ul>
    </section>
  );
}

function Point(props: {
  readonly point: RestorePoint;
  readonly disabled: boolean;
  readonly onGoBack: () => void;
}): ReactElement {
  const { point, disabled, onGoBack } = props;
  const speech = useSpeech();
  const { t, format } = speech;
  const now = useNow();
  const label = pointLabel(point, speech);
  const time = format.time(point.at, now);
  return (
    <li className={styles.point} data-testid="restore-point" data-kind={point.kind}>
      <span className={styles.text}>
        {label}
        <span className="quiet">{time}</span>
      </span>
      <Button size="s" label={t.sessions.menu.goBackTo(label, time)} disabled={disabled} onClick={onGoBack}>
        {t.sessions.menu.goBack}
      </Button>
    </li>
  );
}
