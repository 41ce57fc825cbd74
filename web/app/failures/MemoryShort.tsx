import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { FailureLayout, type FailurePageProps } from "./FailureLayout";

/** `out-of-memory`: the browser did not give the machine its memory. */
export function MemoryShort(props: FailurePageProps): ReactElement {
  const { t } = useSpeech();
  const { heading, body, tips } = t.failures.memory;
  return (
    <FailureLayout {...props} heading={heading} tips={tips}>
      <p>{body}</p>
    </FailureLayout>
  );
}
