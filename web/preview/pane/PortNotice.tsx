/** Says that a port has just been published, and links to its page. Disappears after a while. */
import { useEffect, useEffectEvent, type ReactElement } from "react";
import type { PublishedPort } from "../../../contract/protocol";
import { useSpeech } from "../../i18n/LanguageContext";
import { Button } from "../../ui/Button";
import { Toast } from "../../ui/Toast";
import { portLabel } from "../address";

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
    <Toast
      icon="globe"
      closing={{ label: t.actions.close, onClose: onDismiss }}
      role="status"
      data-testid="port-notice"
    >
      <span>{t.preview.published(String(port.port), port.container)}</span>
      <Button size="s" onClick={onOpen}>
        {t.preview.openPort(portLabel(port.port))}
      </Button>
    </Toast>
  );
}
