import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { FailureLayout, type FailurePageProps } from "./FailureLayout";

/** `bad-manifest`: the list of files cannot be read. */
export function ManifestBad(props: FailurePageProps): ReactElement {
  const { t } = useSpeech();
  const { heading, body } = t.failures.manifest;
  return (
    <FailureLayout {...props} heading={heading}>
      <p>{body}</p>
    </FailureLayout>
  );
}
