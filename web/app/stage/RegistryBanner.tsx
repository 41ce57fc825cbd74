/** A registry of the machine's network failed: what the terminal's words mean, and what can be done. */
import type { ReactElement } from "react";
import type { RegistryFailure } from "../../../contract/protocol";
import { useSpeech } from "../../i18n/LanguageContext";
import { Button } from "../../ui/Button";
import { StageBanner } from "./StageBanner";

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
    <StageBanner
      testId="registry-failure"
      heading={heading}
      text={text}
      subject={<code>{failure.message}</code>}
    >
      {failure.kind === "full" ? <Button onClick={onDrop}>{t.registryFailure.drop}</Button> : null}
      <Button look="primary" onClick={onDismiss}>
        {t.registryFailure.dismiss}
      </Button>
    </StageBanner>
  );
}
