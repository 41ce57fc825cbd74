/** The relay's URL. What is typed counts only when it is a URL of a WebSocket, or nothing. */
import { useState, type ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { TextField } from "../../ui/Input";
import { isRelaySetting } from "../settings/settings";

export interface RelayFieldProps {
  readonly value: string;
  readonly onChange: (url: string) => void;
}

export function RelayField({ value, onChange }: RelayFieldProps): ReactElement {
  const { t } = useSpeech();
  const [text, setText] = useState(value);
  const wrong = !isRelaySetting(text.trim());
  return (
    <TextField
      label={t.settings.relay}
      hint={t.settings.relayHint}
      error={wrong ? t.settings.relayWrong : undefined}
      type="url"
      inputMode="url"
      placeholder="wss://"
      value={text}
      onChange={({ target }) => setText(target.value)}
      onBlur={() => {
        if (!wrong) onChange(text.trim());
      }}
    />
  );
}
