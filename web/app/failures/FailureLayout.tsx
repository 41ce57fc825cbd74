/** What all failure pages share: a heading, what happened, what helps, the ways on, and the details for a report. */
import type { ReactElement, ReactNode } from "react";
import type { SerialisedError } from "../../../contract/errors";
import { useSpeech } from "../../i18n/LanguageContext";
import type { FailureAction, FailurePlan } from "./failure-plan";
import { FailureDetails } from "./FailureDetails";
import "./failure.css";

export interface FailurePageProps {
  readonly error: SerialisedError;
  readonly plan: FailurePlan;
  readonly onAction: (action: FailureAction) => void;
}

export interface FailureLayoutProps extends FailurePageProps {
  readonly heading: string;
  /** What happened, in a sentence or two. */
  readonly children: ReactNode;
  readonly tips?: readonly string[];
  /** The details are what this page is for. */
  readonly detailsOpen?: boolean;
}

export function FailureLayout(props: FailureLayoutProps): ReactElement {
  const { error, plan, onAction, heading, children, tips = [], detailsOpen = false } = props;
  const { t } = useSpeech();
  const names: Readonly<Record<FailureAction, string>> = {
    retry: t.actions.retry,
    "check-again": t.actions.checkAgain,
    "start-again": t.actions.startAgain,
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
        <div className="failure__body">{children}</div>
        {plan.namesSubject && error.subject !== undefined ? (
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
        <FailureDetails error={error} open={detailsOpen} />
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
