/** Over the terminals while the machine is paused: what is to be seen, and the way back. */
import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { Icon } from "../../ui/Icon";

export function PausedVeil({ onResume }: { readonly onResume: () => void }): ReactElement {
  const { t } = useSpeech();
  return (
    <div className="veil" data-testid="paused">
      <div className="veil__card">
        <h2>{t.paused.heading}</h2>
        <p className="quiet">{t.paused.body}</p>
        <button type="button" className="button button--primary" autoFocus onClick={onResume}>
          <Icon name="play" size={18} />
          {t.actions.resume}
        </button>
      </div>
    </div>
  );
}
