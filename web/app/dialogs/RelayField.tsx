/** The relay's URL. What is typed counts only when it is a URL of a WebSocket, or nothing. */
import { useId, useState, type ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { isRelaySetting } from "../settings/settings";

export interface RelayFieldProps {
  readonly value: string;
  readonly onChange: (url: string) => void;
}

export function RelayField({ value, onChange }: RelayFieldProps): ReactElement {
  const { t } = useSpeech();
  const [text, setText] = useState(value);
  const id = useId();
  const wrong = !isRelaySetting(text.trim());
  return (
    <div className="field">
      <label className="field__legend" htmlFor={id}>
        {t.settings.relay}
      </label>
      <input
        id={id}
        className="text-input"
        type="url"
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        placeholder="wss://"
        value={text}
        aria-invalid={wrong}
        aria-describedby={`${id}-hint`}
        onChange={({ target }) => setText(target.value)}
        onBlur={() => {
          if (!wrong) onChange(text.trim());
        }}
      />
      <span id={`${id}-hint`} className="quiet" role={wrong ? "alert" : undefined}>
        {wrong ? t.settings.relayWrong : t.settings.relayHint}
      </span>
    </div>
  );
}
