/** The bar at the top: what this is, how the machine is, and what can be done with it. */
import type { ReactElement, ReactNode } from "react";
import { useSpeech } from "../i18n/LanguageContext";
import { Button } from "../ui/Button";
import type { IconName } from "../ui/Icon";
import type { MachineSnapshot } from "../vm/machine-client";
import { DockMark } from "./DockMark";
import { statusLabel } from "./status-text";
import styles from "./Header.module.css";

export interface HeaderProps {
  readonly snapshot: MachineSnapshot;
  readonly preview: { readonly isOpen: boolean; readonly toggle: () => void };
  readonly course: { readonly isOpen: boolean; readonly failed: boolean; readonly toggle: () => void };
  /** How the machine is kept, with what can be done about it. */
  readonly save: ReactNode;
  readonly onPause: () => void;
  readonly onResume: () => void;
  readonly onRestart: () => void;
  readonly onSettings: () => void;
  readonly onHelp: () => void;
}

export function Header(props: HeaderProps): ReactElement {
  const { snapshot } = props;
  const { t, format } = useSpeech();
  const { kind } = snapshot.status;
  const courseHint = (): string => {
    if (props.course.failed) return t.course.failed;
    return props.course.isOpen ? t.course.close : t.course.open;
  };
  const tone = kind === "ready" && snapshot.fault !== undefined ? "fault" : kind;
  return (
    <header className={styles.header}>
      <h1 className={styles.brand}>
        <DockMark size={28} />
        <span className={styles.name}>{t.product.name}</span>
        <span className={styles.tagline}>{t.product.tagline}</span>
      </h1>
      <p className={styles.pill} data-tone={tone}>
        <span className="visually-hidden">{t.status.label}</span>
        <span className={styles.dot} />
        <span className={styles.status}>{statusLabel(snapshot, { t, format })}</span>
      </p>
      <div className={styles.actions}>
        {props.save}
        {kind === "paused" ? (
          <HeaderButton icon="play" label={t.actions.resume} onClick={props.onResume} />
        ) : (
          <HeaderButton
            icon="pause"
            label={t.actions.pause}
            disabled={kind !== "ready"}
            onClick={props.onPause}
          />
        )}
        <HeaderButton
          icon="reset"
          label={t.actions.restart}
          hint={t.actions.restartHint}
          disabled={kind !== "ready" && kind !== "paused"}
          onClick={props.onRestart}
        />
        <HeaderButton
          icon="book"
          label={t.course.title}
          hint={courseHint()}
          pressed={props.course.isOpen}
          onClick={props.course.toggle}
        />
        <HeaderButton
          icon="globe"
          label={t.preview.label}
          hint={props.preview.isOpen ? t.preview.close : t.preview.show}
          pressed={props.preview.isOpen}
          disabled={kind !== "ready" && kind !== "paused"}
          onClick={props.preview.toggle}
        />
        <span className={styles.rule} />
        <HeaderButton icon="settings" label={t.actions.settings} onClick={props.onSettings} />
        <HeaderButton icon="help" label={t.actions.help} onClick={props.onHelp} />
      </div>
    </header>
  );
}

interface HeaderButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly hint?: string;
  readonly disabled?: boolean;
  /** Of a button that stays down. */
  readonly pressed?: boolean;
  readonly onClick: () => void;
}

/** Its text is left out where there is no room; its name stays. */
function HeaderButton({
  icon,
  label,
  hint = label,
  disabled = false,
  pressed,
  onClick,
}: HeaderButtonProps): ReactElement {
  return (
    <Button
      look="quiet"
      className={styles.action}
      icon={icon}
      label={label}
      pressed={pressed}
      title={hint}
      disabled={disabled}
      onClick={onClick}
    >
      <span className={styles.label}>{label}</span>
    </Button>
  );
}
