/** Asks before a new release takes the place of this page and its machine. */
import type { ReactElement } from "react";
import { useSpeech } from "../i18n/LanguageContext";
import { Button } from "../ui/Button";
import { Card } from "../ui/Card";
import { Dialog } from "../ui/Dialog";
import { useRelease } from "./context";

export function ReleaseDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { t, format } = useSpeech();
  const { news, store } = useRelease();
  const words = t.offline.release;
  const isTaking = news.kind === "taking";
  const footer = (
    <>
      {/* First in the dialog's order: Enter does no harm. */}
      <Button autoFocus onClick={onClose}>
        {words.later}
      </Button>
      <Button
        look={store.keepsMachine ? "primary" : "danger"}
        busy={isTaking}
        onClick={() => void store.take()}
      >
        {words.confirm}
      </Button>
    </>
  );
  return (
    <Dialog title={words.heading} closeLabel={t.actions.close} onClose={onClose} footer={footer}>
      <p>{store.keepsMachine ? words.body : words.bodyLost}</p>
      <p className="quiet">{words.cost}</p>
      <div role="status">
        {news.kind === "taking" ? (
          <p>{words.taking(format.percent(news.total === 0 ? 0 : news.bytes / news.total))}</p>
        ) : null}
        {news.kind === "failed" ? (
          <Card tone="signal" icon="alert">
            <span>{words.failed[news.reason]}</span>
          </Card>
        ) : null}
      </div>
    </Dialog>
  );
}
