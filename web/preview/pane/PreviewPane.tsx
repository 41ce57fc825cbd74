/** The browser beside the terminals: address bar, published ports, and the page of a server in the machine. */
import { useEffect, useEffectEvent, useRef, type ReactElement } from "react";
import type { PublishedPort } from "../../../contract/protocol";
import { useSpeech } from "../../i18n/LanguageContext";
import { useSnapshot } from "../../store";
import { Card } from "../../ui/Card";
import { AddressBar } from "./AddressBar";
import { EmptyPage } from "./EmptyPage";
import { FailedPage } from "./FailedPage";
import { PortChips } from "./PortChips";
import type { PreviewStore } from "../preview-store";
import { PreviewNoticeLine } from "./PreviewNoticeLine";
import styles from "./PreviewPane.module.css";

export interface PreviewPaneProps {
  readonly store: PreviewStore;
  readonly ports: readonly PublishedPort[];
  /** The machine is stopped: nothing answers until it runs again. */
  readonly held: boolean;
  readonly onClose: () => void;
}

export function PreviewPane({ store, ports, held, onClose }: PreviewPaneProps): ReactElement {
  const { t } = useSpeech();
  const snapshot = useSnapshot(store);
  const { view, loading, address, notice } = snapshot;
  const stage = useRef<HTMLDivElement>(null);
  const frameTitle = useEffectEvent(() => t.preview.frameTitle);

  useEffect(() => {
    const host = stage.current;
    return host === null ? undefined : store.attach(host, frameTitle());
  }, [store]);

  return (
    <Card as="section" kind="pane" aria-label={t.preview.label} data-testid="preview" data-view={view.kind}>
      <AddressBar store={store} snapshot={snapshot} onClose={onClose} />
      {ports.length === 0 ? null : (
        <PortChips ports={ports} address={address} onOpen={(url) => store.open(url)} />
      )}
      <div className={styles.progress} data-active={loading !== undefined} />
      <div className={styles.stage} ref={stage}>
        {view.kind === "empty" ? (
          <EmptyPage ports={ports} loading={loading} onOpen={(url) => store.open(url)} />
        ) : null}
        {view.kind === "failed" ? (
          <FailedPage failed={view} busy={loading !== undefined} onRetry={() => store.reload()} />
        ) : null}
        {held && loading !== undefined ? (
          <Card as="p" tone="signal" icon="pause" className={styles.held} role="status">
            {t.preview.held}
          </Card>
        ) : null}
        {notice === undefined ? null : (
          <PreviewNoticeLine notice={notice} onDismiss={() => store.dismissNotice()} />
        )}
      </div>
      <p className="visually-hidden" role="status" aria-live="polite">
        {loading === undefined ? "" : t.preview.loading(loading)}
      </p>
    </Card>
  );
}
