/** The published ports, each a way to its page. */
import type { ReactElement } from "react";
import type { PublishedPort } from "../../../contract/protocol";
import { useSpeech } from "../../i18n/LanguageContext";
import { Button } from "../../ui/Button";
import { portAddress, portLabel } from "../address";
import styles from "./PortChips.module.css";

export interface PortChipsProps {
  readonly ports: readonly PublishedPort[];
  readonly address: string;
  readonly onOpen: (url: URL) => void;
}

export function PortChips({ ports, address, onOpen }: PortChipsProps): ReactElement {
  const { t } = useSpeech();
  return (
    <ul className={styles.chips} aria-label={t.preview.ports} data-testid="ports">
      {ports.map((published) => {
        const { port, container, image } = published;
        const url = portAddress(port);
        const isCurrent = address !== "" && new URL(address).port === url.port;
        return (
          <li key={port}>
            <Button
              size="s"
              className={styles.chip}
              aria-current={isCurrent ? "page" : undefined}
              title={t.preview.portHint(portLabel(port), container, image, String(published.containerPort))}
              onClick={() => onOpen(url)}
            >
              <span className={styles.port}>{port}</span>
              <span className={styles.name}>{container}</span>
            </Button>
          </li>
        );
      })}
    </ul>
  );
}
