/** The page for a failure: a heading, what happened, what helps, the ways on, and the details for a report. */
import type { ReactElement } from "react";
import type { SerialisedError } from "../../../contract/errors";
import { useSpeech } from "../../i18n/LanguageContext";
import { FailureWays } from "../../offline";
import { Button } from "../../ui/Button";
import { useOnline, useResumeOnline } from "../use-online";
import { FAILURE_PLANS, type FailureAction } from "./failure-plan";
import { failureText } from "./failure-text";
import { FailureDetails } from "./FailureDetails";
import styles from "./FailurePage.module.css";

export function FailurePage(props: {
  readonly error: SerialisedError;
  readonly onAction: (action: FailureAction) => void;
}): ReactElement {
  const { error, onAction } = props;
  const { t } = useSpeech();
  const plan = FAILURE_PLANS[error.code];
  const { heading, body, tips } = failureText(error, t, useOnline());
  useResumeOnline(() => {
    if (plan.resumesOnline === true) onAction("retry");
  });
  const names: Readonly<Record<FailureAction, string>> = {
    retry: t.actions.retry,
    "check-again": t.actions.checkAgain,
    "start-again": t.actions.startAgain,
    "go-on": t.actions.goOn,
    "new-machine": t.actions.newMachine,
    reload: t.actions.reload,
  };
  return (
    <section
      className={styles.failure}
      data-testid="failure"
      data-code={error.code}
      aria-labelledby="failure-heading"
    >
      <div className={styles.column}>
        <FailureSign />
        <h2 id="failure-heading" className={styles.heading}>
          {heading}
        </h2>
        <div className={styles.body}>
          {body.map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
        </div>
        {plan.namesSubject === true && error.subject !== undefined ? (
          <p className={styles.subject}>
            <span>{t.failures.subject}</span>
            <code data-testid="failure-subject">{error.subject}</code>
          </p>
        ) : null}
        {tips.length === 0 ? null : (
          <ul className={styles.tips}>
            {tips.map((tip) => (
              <li key={tip}>{tip}</li>
            ))}
          </ul>
        )}
        <div className={styles.actions}>
          {plan.actions.map((action, index) => (
            <Button key={action} look={index === 0 ? "primary" : "plain"} onClick={() => onAction(action)}>
              {names[action]}
            </Button>
          ))}
        </div>
        <FailureWays code={error.code} />
        <FailureDetails error={error} open={plan.opensDetails === true} />
      </div>
    </section>
  );
}

/** A crane's hook with nothing on it. */
function FailureSign(): ReactElement {
  return (
    <svg className={styles.sign} viewBox="0 0 64 64" aria-hidden="true" focusable="false">
      <path className={styles.beam} d="M8 8h48M32 8v14" />
      <path className={styles.hook} d="M26 22h12M32 22v10a10 10 0 1 1-10 10" />
    </svg>
  );
}
