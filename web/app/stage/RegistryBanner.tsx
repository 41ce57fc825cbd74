/** A registry of the machine's network failed: what the terminal's words mean, and what can be done. */
import type { ReactElement } from "react";
import type { RegistryFailure } from "../../../contract/protocol";
import { useSpeech } from "../../i18n/LanguageContext";
import { Icon } from "../../ui/Icon";

export interface RegistryBannerProps {
  readonly failure: RegistryFailure;
  readonly onDismiss: () => void;
  /** Drops what was pushed, to make room. */
  readonly onDrop: () => void;
}

export function RegistryBanner({ failure, onDismiss, onDrop }: RegistryBannerProps): ReactElement {
  const { t } = useSpeech();
  const { heading, text } = t.registryFailure[failure.kind];
  return (
    <div className="banner" role="alert" data-testid="registry-failure">
      <Icon name="alert" size={22} />
      <div className="banner__text">
        <strong>{heading}</strong>
        <span>{text}</span>
        <span className="banner__subject">
          <code>{failure.message}</code>
        </span>
      </div>
      {failure.kind === "full" ? (
        <button type="button" className="button" onClick={onDrop}>
          {t.registryFailure.drop}
        </button>
      ) : null}
      <button type="button" className="button button--primary" onClick={onDismiss}>
        {t.registryFailure.dismiss}
      </button>
    </div>
  );
}
