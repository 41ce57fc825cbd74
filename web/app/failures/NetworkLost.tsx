import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { useOnline, useResumeOnline } from "../use-online";
import { FailureLayout, type FailurePageProps } from "./FailureLayout";

/** `network`: goes on by itself once the browser is online again. */
export function NetworkLost(props: FailurePageProps): ReactElement {
  const { t } = useSpeech();
  const { heading, offline, online, kept } = t.failures.network;
  const isOnline = useOnline();
  useResumeOnline(() => {
    if (props.plan.resumesOnline) props.onAction("retry");
  });
  return (
    <FailureLayout {...props} heading={heading}>
      <p>{isOnline ? online : offline}</p>
      <p>{kept}</p>
    </FailureLayout>
  );
}
