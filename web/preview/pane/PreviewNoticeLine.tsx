/** The page wanted something that needs a click of the reader: a file to save, or a link out of the machine. */
import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { ButtonLink } from "../../ui/Button";
import { Toast } from "../../ui/Toast";
import type { PreviewNotice } from "../preview-snapshot";
import styles from "./PreviewNoticeLine.module.css";

export interface PreviewNoticeLineProps {
  readonly notice: PreviewNotice;
  readonly onDismiss: () => void;
}

export function PreviewNoticeLine({ notice, onDismiss }: PreviewNoticeLineProps): ReactElement {
  const { t } = useSpeech();
  const isLink = notice.kind === "outside";
  return (
    <Toast
      icon={isLink ? "alert" : "download"}
      closing={{ label: t.actions.close, onClose: onDismiss }}
      className={styles.notice}
      role="status"
    >
      <span>{isLink ? t.preview.outsideLink(notice.url) : t.preview.download(notice.name)}</span>
      {isLink ? null : (
        <ButtonLink size="s" href={notice.href} download={notice.name} onClick={() => setTimeout(onDismiss)}>
          {t.preview.save}
        </ButtonLink>
      )}
    </Toast>
  );
}
