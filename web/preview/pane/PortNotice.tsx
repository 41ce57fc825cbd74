/** A word that a port has just been published, with the way to its page. Goes by itself. */
import { useEffect, useEffectEvent, type ReactElement } from "react";
import type { PublishedPort } from "../../../contract/protocol";
import { useSpeech } from "../../i18n/LanguageContext";
import { Icon } from "../../ui/Icon";
import { portLabel } from "../address";
import "./toast.css";

const SHOWN_MS = 15_000;

export interface PortNoticeProps {
  readonly port: PublishedPort;
  readonly onOpen: () => void;
  readonly onDismiss: () => void;
}

export function PortNotice({ port, onOpen, onDismiss }: PortNoticeProps): ReactElement {
  const { t } = useSpeech();
  const dismiss = useEffectEvent(onDismiss);
  useEffect(() => {
    const timer = setTimeout(() => dismiss(), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [port]);
  return (
    <div className="toast" role="status" data-testid="port-notice">
      <Icon name="globe" size={18} />
      <span className="toast__text">{t.preview.published(String(port.port), port.container)}</span>
      <button type="button" className="button toast__action" onClick={onOpen}>
        {t.preview.openPort(portLabel(port.port))}
      </button>
      <button
        type="button"
        className="icon-button toast__close"
        aria-label={t.actions.close}
        onClick={onDismiss}
      >
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}
