/** The guest stands still for want of a disk block: says which one, and fetches it again. */
import type { ReactElement } from "react";
import type { DiskFault } from "../../../contract/protocol";
import { useSpeech } from "../../i18n/LanguageContext";
import { FailureWays } from "../../offline";
import { Icon } from "../../ui/Icon";
import { useResumeOnline } from "../use-online";

export interface DiskFaultBannerProps {
  readonly fault: DiskFault;
  readonly onRetry: () => void;
}

export function DiskFaultBanner({ fault, onRetry }: DiskFaultBannerProps): ReactElement {
  const { t } = useSpeech();
  const { code, subject, message } = fault.error;
  useResumeOnline(onRetry);
  return (
    <div className="banner" role="alert" data-testid="disk-fault">
      <Icon name="alert" size={22} />
      <div className="banner__text">
        <strong>{t.diskFault.heading}</strong>
        <span>{code === "network" ? t.diskFault.network : t.diskFault.damaged}</span>
        <span className="banner__subject">
          {t.diskFault.subject} <code>{subject ?? message}</code>
        </span>
      </div>
      <FailureWays code={code} />
      <button type="button" className="button button--primary" onClick={onRetry}>
        {t.diskFault.retry}
      </button>
    </div>
  );
}
