import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { FailureLayout, type FailurePageProps } from "./FailureLayout";

/** `bad-chunk`: names the chunk; the retry fetches it again and keeps the rest. */
export function ChunkBad(props: FailurePageProps): ReactElement {
  const { t } = useSpeech();
  const { heading, body, tips } = t.failures.chunk;
  return (
    <FailureLayout {...props} heading={heading} tips={tips}>
      <p>{body}</p>
    </FailureLayout>
  );
}
