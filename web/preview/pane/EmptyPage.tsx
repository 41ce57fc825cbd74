/** Shown before the first page: what the preview is for, and how to get something to show. */
import type { ReactElement } from "react";
import type { PublishedPort } from "../../../contract/protocol";
import { useSpeech } from "../../i18n/LanguageContext";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { portAddress, portLabel } from "../address";
import styles from "./PreviewMessage.module.css";

export interface EmptyPageProps {
  readonly ports: readonly PublishedPort[];
  readonly loading: string | undefined;
  readonly onOpen: (url: URL) => void;
}

export function EmptyPage({ ports, loading, onOpen }: EmptyPageProps): ReactElement {
  const { t } = useSpeech();
  const [first] = ports;
  return (
    <div className={styles.message}>
      <Icon name="globe" size={40} />
      {loading === undefined ? (
        <>
          <h2>{first === undefined ? t.preview.empty.heading : t.preview.empty.ready(first.container)}</h2>
          {first === undefined ? (
            <>
              <p>{t.preview.empty.body}</p>
              <pre className={styles.command}>docker run -d -p 80:80 nginx</pre>
            </>
          ) : (
            <Button look="primary" onClick={() => onOpen(portAddress(first.port))}>
              {t.preview.openPort(portLabel(first.port))}
            </Button>
          )}
        </>
      ) : (
        <h2>{t.preview.loading(loading)}</h2>
      )}
    </div>
  );
}
