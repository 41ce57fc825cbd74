import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { FailureLayout, type FailurePageProps } from "./FailureLayout";

/** `bad-snapshot`: the files are sound, but no machine came of them. */
export function SnapshotBad(props: FailurePageProps): ReactElement {
  const { t } = useSpeech();
  const { heading, body } = t.failures.snapshot;
  return (
    <FailureLayout {...props} heading={heading}>
      <p>{body}</p>
    </FailureLayout>
  );
}
