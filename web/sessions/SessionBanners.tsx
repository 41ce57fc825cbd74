/** Over the terminals: what the learner must know of how the machine is kept, once. */
import { useState, type ReactElement } from "react";
import type { SessionState } from "../../contract/protocol";
import { useSpeech } from "../i18n/LanguageContext";
import { Icon } from "../ui/Icon";

export interface SessionBannersProps {
  readonly session: SessionState;
  readonly onManage: () => void;
  readonly onChoose: () => void;
}

export function SessionBanners({ session, onManage, onChoose }: SessionBannersProps): ReactElement | null {
  const { t } = useSpeech();
  const [seen, setSeen] = useState<string>();
  const kind = bannerOf(session);
  // A machine that saves again may fail again, which is news.
  const isOver = session.kind === "saved" && kind === undefined;
  if (isOver && seen !== undefined) setSeen(undefined);
  if (kind === undefined || kind === seen) return null;
  const { banners } = t.sessions;
  const { heading, text } = banners[kind];
  return (
    <div className="banner" role="alert" data-testid="session-banner" data-kind={kind}>
      <Icon name="alert" size={22} />
      <div className="banner__text">
        <strong>{heading}</strong>
        <span>{text}</span>
      </div>
      {kind === "taken" ? (
        <>
          <button type="button" className="button" onClick={onChoose}>
            {banners.taken.choose}
          </button>
          <button type="button" className="button" onClick={onManage}>
            {t.sessions.dialog.saveAsButton}
          </button>
        </>
      ) : null}
      {kind === "noRoom" ? (
        <button type="button" className="button" onClick={onManage}>
          {t.sessions.menu.makeRoom}
        </button>
      ) : null}
      <button type="button" className="button button--primary" onClick={() => setSeen(kind)}>
        {banners.dismiss}
      </button>
    </div>
  );
}

type Banner = "taken" | "unavailable" | "damage" | "noRoom";

function bannerOf(session: SessionState): Banner | undefined {
  switch (session.kind) {
    case "taken":
    case "unavailable":
      return session.kind;
    case "saved":
      return session.damage === undefined ? undefined : "damage";
    case "failed":
      return session.error.code === "no-room" ? "noRoom" : undefined;
    case "none":
    case "unsaved":
    case "saving":
      return undefined;
  }
}
