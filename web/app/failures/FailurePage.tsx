/** The page for a failure: a heading, what happened, what helps, the ways on, and the details for a report. */
import type { ReactElement } from "react";
import type { SerialisedError } from "../../../contract/errors";
import { useSpeech } from "../../i18n/LanguageContext";
import { useOnline, useResumeOnline } from "../use-online";
import { FAILURE_PLANS, type FailureAction } from "./failure-plan";
import { failureText } from "./failure-text";
import { FailureDetails } from "./FailureDetails";
import "./failure.css";

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
      className="failure"
      data-testid="failure"
      data-code={error.code}
      aria-labelledby="failure-heading"
    >
      <div className="failure__column">
        <FailureSign />
        <h2 id="failure-heading" className="failure__heading">
          {heading}
        </h2>
        <div className="failure__body">
          {body.map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
        </div>
        {plan.namesSubject === true && error.subject !== undefined ? (
          <p className="failure__subject">
            <span>{t.failures.subject}</span>
            <code data-testid="failure-subject">{error.subject}</code>
          </p>
        ) : null}
        {tips.length === 0 ? null : (
          <ul className="failure__tips">
            {tips.map((tip) => (
              <li key={tip}>{tip}</li>
            ))}
          </ul>
        )}
        <div className="failure__actions">
          {plan.actions.map((action, index) => (
            <button
              key={action}
              type="button"
              className={index === 0 ? "button button--primary" : "button"}
              onClick={() => onAction(action)}
            >
              {names[action]}
            </button>
          ))}
        </div>
        <FailureDetails error={error} open={plan.opensDetails === true} />
      </div>
    </section>
  );
}

/** A crane's hook with nothing on it. */
function FailureSign(): ReactElement {
  return (
    <svg className="failure__sign" viewBox="0 0 64 64" aria-hidden="true" focusable="false">
      <path className="failure__beam" d="M8 8h48M32 8v14" />
      <path className="failure__hook" d="M26 22h12M32 22v10a10 10 0 1 1-10 10" />
    </svg>
  );
}
