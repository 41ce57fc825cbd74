/** What is said of a kept machine wherever it is shown. */
import type { ReactElement } from "react";
import type { SavedSession } from "../../contract/sessions";
import { useSpeech } from "../i18n/LanguageContext";
import { Icon } from "../ui/Icon";
import type { PlaceText } from "./page-door";
import { useNow } from "./use-now";
import styles from "./SavedSession.module.css";

/** When it was saved, how large it is, and where the learner was. */
export function SessionAbout(props: {
  readonly session: SavedSession;
  readonly place: PlaceText | undefined;
}): ReactElement {
  const { session, place } = props;
  const { t, format } = useSpeech();
  const now = useNow();
  const about = t.sessions.about(format.time(session.savedAt, now), format.bytes(session.bytes));
  return (
    <p className={styles.about}>
      {about}
      {place === undefined ? null : (
        <span className={styles.place}>
          <Icon name="book" size={14} /> {place.lesson} · {place.step}
        </span>
      )}
    </p>
  );
}

export function SessionNotes({ session }: { readonly session: SavedSession }): ReactElement | null {
  const { t } = useSpeech();
  const notes = [
    ...(session.isInUse ? [t.sessions.inUse] : []),
    ...(session.isDamaged ? [t.sessions.damaged] : []),
    ...(session.isOlderGuest ? [t.sessions.older] : []),
  ];
  if (notes.length === 0) return null;
  return (
    <ul className={styles.notes}>
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}
