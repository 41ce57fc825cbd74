import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { FailureLayout, type FailurePageProps } from "./FailureLayout";

/** Everything without a page of its own: the details are what counts. */
export function InternalFault(props: FailurePageProps): ReactElement {
  const { t } = useSpeech();
  const { heading, body } = t.failures.internal;
  return (
    <FailureLayout {...props} heading={heading} detailsOpen>
      <p>{body}</p>
    </FailureLayout>
  );
}
