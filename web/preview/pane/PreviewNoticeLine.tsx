/** A word about something that the page wanted and that is not done by itself. */
import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { Icon } from "../../ui/Icon";
import type { PreviewNotice } from "../preview-snapshot";

export interface PreviewNoticeLineProps {
  readonly notice: PreviewNotice;
  readonly onDismiss: () => void;
}

export function PreviewNoticeLine({ notice, onDismiss }: PreviewNoticeLineProps): ReactElement {
  const { t } = useSpeech();
  return (
    <div className="toast preview__notice" role="status">
      {notice.kind === "outside" ? (
        <>
          <Icon name="alert" size={18} />
          <span className="toast__text">{t.preview.outsideLink(notice.url)}</span>
        </>
      ) : (
        <>
          <Icon name="download" size={18} />
          <span className="toast__text">{t.preview.download(notice.name)}</span>
          <a
            className="button toast__action"
            href={notice.href}
            download={notice.name}
            onClick={() => setTimeout(onDismiss)}
          >
            {t.preview.save}
          </a>
        </>
      )}
      <button
        type="button"
        className="icon-button toast__close"
        aria-label={t.actions.close}
        onClick={onDismiss}
      >
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}
