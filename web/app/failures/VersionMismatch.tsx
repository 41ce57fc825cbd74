import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { FailureLayout, type FailurePageProps } from "./FailureLayout";

/** `version-mismatch`: a newer site under an older page. */
export function VersionMismatch(props: FailurePageProps): ReactElement {
  const { t } = useSpeech();
  const { heading, body } = t.failures.version;
  return (
    <FailureLayout {...props} heading={heading}>
      <p>{body}</p>
    </FailureLayout>
  );
}
