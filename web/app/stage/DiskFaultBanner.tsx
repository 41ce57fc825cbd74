/** The guest has stopped because a disk block is missing: says which one, and fetches it again. */
import type { ReactElement } from "react";
import type { DiskFault } from "../../../contract/protocol";
import { useSpeech } from "../../i18n/LanguageContext";
import { FailureWays } from "../../offline";
import { Button } from "../../ui/Button";
import { useResumeOnline } from "../use-online";
import { StageBanner } from "./StageBanner";

export interface DiskFaultBannerProps {
  readonly fault: DiskFault;
  readonly onRetry: () => void;
}

export function DiskFaultBanner({ fault, onRetry }: DiskFaultBannerProps): ReactElement {
  const { t } = useSpeech();
  const { code, subject, message } = fault.error;
  useResumeOnline(onRetry);
  return (
    <StageBanner
      testId="disk-fault"
      heading={t.diskFault.heading}
      text={code === "network" ? t.diskFault.network : t.diskFault.damaged}
      subject={
        <>
          {t.diskFault.subject} <code>{subject ?? message}</code>
        </>
      }
    >
      <FailureWays code={code} />
      <Button look="primary" onClick={onRetry}>
        {t.diskFault.retry}
      </Button>
    </StageBanner>
  );
}
