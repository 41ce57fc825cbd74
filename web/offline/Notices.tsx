/** Lines under the header: a new version, and what the browser has removed or had no room for. */
import { useState, type ReactElement } from "react";
import { useSpeech } from "../i18n/LanguageContext";
import { Button } from "../ui/Button";
import { Card } from "../ui/Card";
import { useOffline, useRelease } from "./context";
import { ReleaseDialog } from "./ReleaseDialog";
import styles from "./Notices.module.css";

/** @param props.onOffline shows what is kept */
export function Notices(props: { readonly onOffline: () => void }): ReactElement {
  return (
    <>
      <ReleaseNotice />
      <StorageNotice {...props} />
    </>
  );
}

function ReleaseNotice(): ReactElement | null {
  const { t } = useSpeech();
  const { news } = useRelease();
  const [later, setLater] = useState<string>();
  const [asking, setAsking] = useState(false);
  const name = news.kind === "offered" ? news.release : news.kind;
  const isThere = news.kind !== "none" && (asking || name !== later);
  if (!isThere) return null;
  const { release } = t.offline;
  return (
    <>
      <Card className={styles.notice} tone="accent" icon="download" role="status" data-testid="new-release">
        <div className={styles.text}>
          <strong>{news.kind === "taken" ? release.taken : release.offered}</strong>
          {news.kind === "taken" ? null : <span>{release.offeredHint}</span>}
        </div>
        <Button onClick={() => setLater(name)}>{release.later}</Button>
        <Button look="primary" onClick={() => setAsking(true)}>
          {release.take}
        </Button>
      </Card>
      {asking ? <ReleaseDialog onClose={() => setAsking(false)} /> : null}
    </>
  );
}

function StorageNotice({ onOffline }: { readonly onOffline: () => void }): ReactElement | null {
  const { t, format } = useSpeech();
  const { lost, unkept, store } = useOffline();
  if (lost === 0 && unkept === 0) return null;
  return (
    <Card className={styles.notice} tone="signal" icon="alert" role="status" data-testid="storage-notice">
      <span className={styles.text}>
        {lost > 0 ? t.offline.lost(format.bytes(lost)) : t.offline.unkept(format.bytes(unkept))}
      </span>
      <Button onClick={() => store.dismissLoss()}>{t.offline.dismiss}</Button>
      <Button
        look="primary"
        onClick={() => {
          store.dismissLoss();
          onOffline();
        }}
      >
        {t.offline.show}
      </Button>
    </Card>
  );
}
