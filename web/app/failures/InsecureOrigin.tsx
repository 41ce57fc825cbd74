import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { FailureLayout, type FailurePageProps } from "./FailureLayout";

/** `insecure-origin`: the page came over plain HTTP from another computer. */
export function InsecureOrigin(props: FailurePageProps): ReactElement {
  const { t } = useSpeech();
  const { heading, body, tips } = t.failures.origin;
  return (
    <FailureLayout {...props} heading={heading} tips={tips}>
      <p>{body}</p>
    </FailureLayout>
  );
}
