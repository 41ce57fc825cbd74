/** The published ports, each a way to its page. */
import type { ReactElement } from "react";
import type { PublishedPort } from "../../../contract/protocol";
import { useSpeech } from "../../i18n/LanguageContext";
import { portAddress, portLabel } from "../address";

export interface PortChipsProps {
  readonly ports: readonly PublishedPort[];
  readonly address: string;
  readonly onOpen: (url: URL) => void;
}

export function PortChips({ ports, address, onOpen }: PortChipsProps): ReactElement {
  const { t } = useSpeech();
  return (
    <ul className="port-chips" aria-label={t.preview.ports} data-testid="ports">
      {ports.map((published) => {
        const { port, container, image } = published;
        const url = portAddress(port);
        const isCurrent = address !== "" && new URL(address).port === url.port;
        return (
          <li key={port}>
            <button
              type="button"
              className="port-chip"
              aria-current={isCurrent ? "page" : undefined}
              title={t.preview.portHint(portLabel(port), container, image, String(published.containerPort))}
              onClick={() => onOpen(url)}
            >
              <span className="port-chip__port">{port}</span>
              <span className="port-chip__name">{container}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
