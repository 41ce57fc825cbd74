/** A notice at the bottom of the terminal that disappears after a while. */
import { useEffect, type ReactElement } from "react";
import type { ImageNotice } from "../../contract/protocol";
import type { Dictionary } from "../i18n/zh-cn";
import { useSpeech } from "../i18n/LanguageContext";
import { Toast } from "../ui/Toast";
import type { Notice } from "./notice";

const SHORT_MS = 1_600;
const LONG_MS = 8_000;

export interface NoticeLineProps {
  readonly notice: Notice;
  readonly onDismiss: () => void;
}

export function NoticeLine({ notice, onDismiss }: NoticeLineProps): ReactElement {
  const { t } = useSpeech();
  useEffect(() => {
    const timer = setTimeout(onDismiss, notice.kind === "copied" ? SHORT_MS : LONG_MS);
    return () => clearTimeout(timer);
  }, [notice, onDismiss]);
  return (
    <Toast icon={notice.kind === "copied" ? "check" : "alert"}>
      <span>{noticeText(notice, t)}</span>
    </Toast>
  );
}

export function noticeText(notice: Notice, t: Dictionary): string {
  switch (notice.kind) {
    case "copied":
      return t.terminal.copied;
    case "copy-failed":
      return t.terminal.copyFailed;
    case "paste-failed":
      return t.terminal.pasteFailed;
    case "refused-link":
      return t.terminal.refusedLink;
    case "guest-link":
      return t.terminal.guestLink(notice.address);
    case "input-failed":
      return t.terminal.inputFailed(notice.message);
    case "image":
      return imageText(notice.image, t);
  }
}

function imageText(notice: ImageNotice, t: Dictionary): string {
  switch (notice.kind) {
    case "played":
      return t.terminal.imagePlayed(notice.image, notice.by);
    case "absent":
      return t.terminal.imageAbsent(notice.image, notice.instead.join(t.terminal.comma));
    case "platform":
      return t.terminal.imagePlatform(notice.platform);
  }
}
