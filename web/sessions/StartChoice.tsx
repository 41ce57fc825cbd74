/** What is seen first when there are kept machines: the last one goes on, another one, or a clean one. */
import type { ReactElement } from "react";
import type { SavedSession } from "../../contract/sessions";
import { useSpeech } from "../i18n/LanguageContext";
import { useSnapshot } from "../store";
import { Button } from "../ui/Button";
import { Card } from "../ui/Card";
import type { ChoiceStore } from "./choice-store";
import type { PlaceText } from "./page-door";
import { SessionAbout, SessionNotes } from "./SavedSession";
import { problemText, sessionName } from "./session-words";
import saved from "./SavedSession.module.css";
import styles from "./StartChoice.module.css";

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
    <section className={styles.resume} aria-labelledby="resume-heading" data-testid="start-choice">
      <div className={styles.column}>
        <h2 id="resume-heading" className={styles.heading}>
          {t.sessions.choice.heading}
        </h2>
        <p className={styles.lead}>{t.sessions.choice.lead}</p>
        {problem === undefined ? null : (
          <Card
            tone="signal"
            icon="alert"
            role="alert"
            data-testid="start-problem"
            data-code={problem.error.code}
          >
            <span>{problemText(problem.error, speech)}</span>
          </Card>
        )}
        {last === undefined ? null : <LastSession session={last} {...{ choice, describePlace }} />}
        <div className={styles.clean}>
          <Button onClick={() => choice.startClean()}>{t.sessions.choice.clean}</Button>
          <span className="quiet">{t.sessions.choice.cleanHint}</span>
        </div>
        {others.length === 0 ? null : (
          <details className={styles.others}>
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
    <Card as="section" className={styles.card}>
      <h3 className={styles.name}>{sessionName(session, place, speech)}</h3>
      <SessionAbout session={session} place={place} />
      {session.screen.trim() === "" ? null : (
        <pre className={styles.screen} role="img" aria-label={`${t.sessions.screenLabel}\n${session.screen}`}>
          {session.screen}
        </pre>
      )}
      <SessionNotes session={session} />
      <Button
        look="primary"
        icon="play"
        className={styles.go}
        data-testid="go-on"
        autoFocus
        title={session.isInUse ? t.sessions.choice.takeOverHint : undefined}
        onClick={() => choice.goOn(session)}
      >
        {session.isInUse ? t.sessions.choice.takeOver : t.sessions.choice.goOn}
      </Button>
    </Card>
  );
}

function OtherSession({ session, choice, describePlace }: SessionProps): ReactElement {
  const speech = useSpeech();
  const { t } = speech;
  const place = describePlace(session.place);
  const name = sessionName(session, place, speech);
  const verb = session.isInUse ? t.sessions.choice.takeOver : t.sessions.choice.goOn;
  return (
    <li className={saved.row}>
      <div className={saved.text}>
        <strong>{name}</strong>
        <SessionAbout session={session} place={place} />
        <SessionNotes session={session} />
      </div>
      <Button label={`${verb}: ${name}`} onClick={() => choice.goOn(session)}>
        {verb}
      </Button>
    </li>
  );
}
