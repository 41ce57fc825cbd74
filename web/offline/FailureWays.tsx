/** The ways on from a failure that have to do with releases and with what the browser keeps. */
import type { ReactElement } from "react";
import type { ErrorCode } from "../../contract/errors";
import { useSpeech } from "../i18n/LanguageContext";
import { Button } from "../ui/Button";
import { useOffline, useRelease } from "./context";
import styles from "./FailureWays.module.css";

/** Where data of an older release may be missing from the site, or not go together with the page. */
const STALE: ReadonlySet<ErrorCode> = new Set([
  "bad-chunk",
  "bad-manifest",
  "bad-snapshot",
  "version-mismatch",
]);

/** Nothing, where neither helps. */
export function FailureWays({ code }: { readonly code: ErrorCode }): ReactElement | null {
  const { t } = useSpeech();
  const { news, canGoBack, store } = useRelease();
  const { lost } = useOffline();
  const offers = STALE.has(code) && news.kind !== "none";
  const isLost = code === "network" && lost > 0;
  if (!offers && !canGoBack && !isLost) return null;
  return (
    <div className={styles.ways} data-testid="failure-ways">
      {isLost ? <p>{t.offline.lostAtStart}</p> : null}
      {offers ? <p>{t.offline.release.oldData}</p> : null}
      {news.kind === "failed" ? <p role="status">{t.offline.release.failed[news.reason]}</p> : null}
      {offers ? (
        <Button look="primary" busy={news.kind === "taking"} onClick={() => void store.take()}>
          {t.offline.release.confirm}
        </Button>
      ) : null}
      {canGoBack ? <Button onClick={() => void store.back()}>{t.offline.release.back}</Button> : null}
    </div>
  );
}
