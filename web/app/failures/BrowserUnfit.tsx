import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { FailureLayout, type FailurePageProps } from "./FailureLayout";

/** `no-webassembly`: the browser lacks what the machine is made of. */
export function BrowserUnfit(props: FailurePageProps): ReactElement {
  const { t } = useSpeech();
  const { heading, body, tips } = t.failures.browser;
  const feature = props.error.subject === "module Worker" ? "module Worker" : "WebAssembly";
  return (
    <FailureLayout {...props} heading={heading} tips={tips}>
      <p>{body(feature)}</p>
    </FailureLayout>
  );
}
