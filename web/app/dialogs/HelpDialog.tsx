/** What to type first, the keys, and the limits, said plainly. */
import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { useMachineSnapshot } from "../../vm/MachineContext";
import { Dialog } from "../../ui/Dialog";
import styles from "./HelpDialog.module.css";

const TRY = [
  { command: "docker version", text: "version" },
  { command: "docker run hello-world", text: "hello" },
  { command: "docker run -it busybox sh", text: "shell" },
  { command: "docker ps -a", text: "list" },
] as const;

/** Alternatives in a row; each is a list of keys held together. */
const KEYS = [
  { text: "copy", keys: ["Ctrl+Shift+C", "Ctrl+C"] },
  { text: "paste", keys: ["Ctrl+Shift+V", "Ctrl+V"] },
  { text: "literal", keys: ["Ctrl+Q"] },
  { text: "save", keys: ["Ctrl+Shift+S"] },
  { text: "search", keys: ["Ctrl+Shift+F"] },
  { text: "show", keys: ["Ctrl+Shift+1", "2", "3"] },
  { text: "leave", keys: ["Ctrl+Shift+Enter"] },
  { text: "tabs", keys: ["←", "→", "Delete", "Enter"] },
] as const;

export function HelpDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { t, format } = useSpeech();
  const { prefetch } = useMachineSnapshot();
  return (
    <Dialog title={t.help.heading} closeLabel={t.actions.close} onClose={onClose} wide>
      <h3>{t.help.tryHeading}</h3>
      <dl className={styles.commands}>
        {TRY.map(({ command, text }) => (
          <div key={command}>
            <dt>
              <code>{command}</code>
            </dt>
            <dd>{t.help.tryCommands[text]}</dd>
          </div>
        ))}
      </dl>
      <h3>{t.help.limitsHeading}</h3>
      <ul>
        {t.help.limits.map((limit) => (
          <li key={limit}>{limit}</li>
        ))}
      </ul>
      {prefetch !== undefined && (
        <p className="quiet" data-testid="prefetch">
          {prefetch.bytes < prefetch.total
            ? t.help.prefetching(format.bytes(prefetch.bytes), format.bytes(prefetch.total))
            : t.help.prefetched}
        </p>
      )}
      <h3>{t.help.keysHeading}</h3>
      <dl className={styles.keys}>
        {KEYS.map(({ text, keys }) => (
          <div key={text}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t.help.keys[text]}</dd>
          </div>
        ))}
      </dl>
      <p className="quiet">{t.help.macKeys}</p>
      <p className="quiet">
        <a href="./licences/README.txt" target="_blank" rel="noreferrer">
          {t.help.licences}
        </a>
      </p>
    </Dialog>
  );
}
