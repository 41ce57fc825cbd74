/** Over the terminals: what the learner must know of how the machine is kept, once. */
import { useState, type ReactElement } from "react";
import type { SessionState } from "../../../contract/protocol";
import { useSpeech } from "../../i18n/LanguageContext";
import { Button } from "../../ui/Button";
import { StageBanner } from "./StageBanner";

export interface SessionBannerProps {
  readonly session: SessionState;
  readonly onManage: () => void;
  readonly onChoose: () => void;
}

export function SessionBanner({ session, onManage, onChoose }: SessionBannerProps): ReactElement | null {
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
    <StageBanner testId="session-banner" kind={kind} heading={heading} text={text}>
      {kind === "taken" ? (
        <>
          <Button onClick={onChoose}>{banners.taken.choose}</Button>
          <Button onClick={onManage}>{t.sessions.dialog.saveAsButton}</Button>
        </>
      ) : null}
      {kind === "noRoom" ? <Button onClick={onManage}>{t.sessions.menu.makeRoom}</Button> : null}
      <Button look="primary" onClick={() => setSeen(kind)}>
        {banners.dismiss}
      </Button>
    </StageBanner>
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
