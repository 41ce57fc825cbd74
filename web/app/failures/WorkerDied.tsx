import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { WORKER_SCRIPT } from "../../vm/worker-link";
import { FailureLayout, type FailurePageProps } from "./FailureLayout";

/** `worker-died`: the machine went with its worker, or never came; only a new one can follow. */
export function WorkerDied(props: FailurePageProps): ReactElement {
  const { t } = useSpeech();
  const { heading, body, tips } =
    props.error.subject === WORKER_SCRIPT ? t.failures.script : t.failures.worker;
  return (
    <FailureLayout {...props} heading={heading} tips={tips}>
      <p>{body}</p>
    </FailureLayout>
  );
}
