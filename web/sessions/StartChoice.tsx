/** What is seen first when there are kept machines: the last one goes on, another one, or a clean one. */
import type { ReactElement } from "react";
import type { SavedSession } from "../../contract/sessions";
import { useSpeech } from "../i18n/LanguageContext";
import { useSnapshot } from "../store";
import { Icon } from "../ui/Icon";
import type { ChoiceStore } from "./choice-store";
import type { PlaceText } from "./page-door";
import { problemText, sessionName } from "./session-words";
import { useNow } from "./use-now";
import "./start-choice.css";

export interface StartChoiceProps {
  readonly choice: ChoiceStore;
  readonly describePlace: (place: string | undefined) => PlaceText | undefined;
}

export function StartChoice({ choice, describePlace }: StartChoiceProps): ReactElement {
  const speech = useSpeech();
  const { t, format } = speech;
  const { saved, problem } = useSnapshot(choice);
  const [last, ...others] = saved;
  return (
    <section className="resume" aria-labelledby="resume-heading" data-testid="start-choice">
      <div className="resume__column">
        <h2 id="resume-heading" className="resume__heading">
          {t.sessions.choice.heading}
        </h2>
        <p className="resume__lead">{t.sessions.choice.lead}</p>
        {problem === undefined ? null : (
          <p className="warning" role="alert" data-testid="start-problem" data-code={problem.error.code}>
            <Icon name="alert" size={18} />
            <span>{problemText(problem.error, speech)}</span>
          </p>
        )}
        {last === undefined ? null : <LastSession session={last} {...{ choice, describePlace }} />}
        <div className="resume__clean">
          <button type="button" className="button" onClick={() => choice.startClean()}>
            {t.sessions.choice.clean}
          </button>
          <span className="quiet">{t.sessions.choice.cleanHint}</span>
        </div>
        {others.length === 0 ? null : (
          <details className="resume__others">
            <summary>{t.sessions.choice.others(format.count(others.length))}</summary>
            <ul>
              {others.map((session) => (
                <OtherSession key={session.id} session={session} {...{ choice, describePlace }} />
              ))}
            </ul>
          </details>
        )}
      </div>
    </section>
  );
}

type SessionProps = StartChoiceProps & { readonly session: SavedSession };

/** With a picture of its terminal: people know their machine by what they last saw. */
function LastSession({ session, choice, describePlace }: SessionProps): ReactElement {
  const speech = useSpeech();
  const { t } = speech;
  const place = describePlace(session.place);
  return (
    <article className="saved-card">
      <h3 className="saved-card__name">{sessionName(session, place, speech)}</h3>
      <SessionAbout session={session} place={place} />
      {session.screen.trim() === "" ? null : (
        <pre
          className="saved-card__screen"
          role="img"
          aria-label={`${t.sessions.screenLabel}\n${session.screen}`}
        >
          {session.screen}
        </pre>
      )}
      <SessionNotes session={session} />
      <button
        type="button"
        className="button button--primary saved-card__go"
        data-testid="go-on"
        autoFocus
        title={session.isInUse ? t.sessions.choice.takeOverHint : undefined}
        onClick={() => choice.goOn(session)}
      >
        <Icon name="play" size={18} />
        {session.isInUse ? t.sessions.choice.takeOver : t.sessions.choice.goOn}
      </button>
    </article>
  );
}

function OtherSession({ session, choice, describePlace }: SessionProps): ReactElement {
  const speech = useSpeech();
  const { t } = speech;
  const place = describePlace(session.place);
  const name = sessionName(session, place, speech);
  const verb = session.isInUse ? t.sessions.choice.takeOver : t.sessions.choice.goOn;
  return (
    <li className="saved-row">
      <div className="saved-row__text">
        <strong>{name}</strong>
        <SessionAbout session={session} place={place} />
        <SessionNotes session={session} />
      </div>
      <button
        type="button"
        className="button"
        aria-label={`${verb}: ${name}`}
        onClick={() => choice.goOn(session)}
      >
        {verb}
      </button>
    </li>
  );
}

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
    <p className="saved-about">
      {about}
      {place === undefined ? null : (
        <span className="saved-about__place">
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
    <ul className="saved-notes">
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}
