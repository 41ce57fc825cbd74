/** The keys that a phone's keyboard lacks. Shown where the pointer is a finger. */
import type { ReactElement, ReactNode } from "react";
import { useSpeech } from "../i18n/LanguageContext";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import type { BarKey } from "./control-keys";
import styles from "./KeyBar.module.css";

const KEYS: readonly { readonly key: BarKey; readonly face: ReactNode }[] = [
  { key: "escape", face: "Esc" },
  { key: "tab", face: "Tab" },
  { key: "left", face: <Icon name="left" size={18} /> },
  { key: "up", face: <Icon name="up" size={18} /> },
  { key: "down", face: <Icon name="down" size={18} /> },
  { key: "right", face: <Icon name="right" size={18} /> },
  { key: "pipe", face: "|" },
  { key: "slash", face: "/" },
  { key: "dash", face: "-" },
  { key: "tilde", face: "~" },
];

export interface KeyBarProps {
  readonly control: boolean;
  readonly onKey: (key: BarKey) => void;
  readonly onControl: () => void;
  readonly onPaste: () => void;
}

export function KeyBar({ control, onKey, onControl, onPaste }: KeyBarProps): ReactElement {
  const { t } = useSpeech();
  return (
    <div
      className={styles.bar}
      role="toolbar"
      aria-label={t.keyBar.label}
      // The focus stays in the terminal, or the phone's keyboard would go away.
      onPointerDown={(event) => event.preventDefault()}
      onMouseDown={(event) => event.preventDefault()}
    >
      <Button className={styles.key} pressed={control} onClick={onControl}>
        {t.keyBar.control}
      </Button>
      <Button className={styles.key} icon="paste" label={t.keyBar.paste} onClick={onPaste} />
      {KEYS.map(({ key, face }) => (
        <Button key={key} className={styles.key} label={t.keyBar[key]} onClick={() => onKey(key)}>
          {face}
        </Button>
      ))}
    </div>
  );
}
