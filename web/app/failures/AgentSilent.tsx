import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { FailureLayout, type FailurePageProps } from "./FailureLayout";

/** `agent`: the machine runs, but nobody answers in it. */
export function AgentSilent(props: FailurePageProps): ReactElement {
  const { t } = useSpeech();
  const { heading, body, tips } = t.failures.agent;
  return (
    <FailureLayout {...props} heading={heading} tips={tips}>
      <p>{body}</p>
    </FailureLayout>
  );
}
