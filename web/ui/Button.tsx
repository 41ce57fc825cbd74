/** The page's one button, and the link that looks like it. */
import type { ComponentProps, MouseEvent, ReactElement, ReactNode } from "react";
import { classes } from "./classes";
import { Icon, type IconName } from "./Icon";
import styles from "./Button.module.css";

interface Face {
  /** `quiet` has no frame until it is pointed at; for bars and for icons without text. */
  readonly look?: "plain" | "primary" | "danger" | "quiet";
  readonly size?: "s" | "m";
  readonly icon?: IconName;
}

export interface ButtonProps extends Omit<ComponentProps<"button">, "aria-label" | "aria-pressed">, Face {
  /** Its accessible name, if the text is not enough. Without text it is the tooltip, too. */
  readonly label?: string;
  /** For a toggle button. */
  readonly pressed?: boolean;
  /** Its action still runs: it shows a spinner, keeps the focus and ignores clicks. */
  readonly busy?: boolean;
}

export function Button(props: ButtonProps): ReactElement {
  const {
    look,
    size,
    icon,
    label,
    pressed,
    busy = false,
    children,
    className,
    title,
    onClick,
    ...rest
  } = props;
  const click = (event: MouseEvent<HTMLButtonElement>): void => {
    // A busy submit button must not submit either.
    if (busy) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button
      type="button"
      {...rest}
      className={classes(faceClasses({ look, size }, children === undefined), className)}
      aria-label={label}
      title={title ?? (children === undefined ? label : undefined)}
      aria-pressed={pressed}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={click}
    >
      {busy ? <span className={styles.spinner} /> : drawIcon({ icon, size }, children)}
      {children}
    </button>
  );
}

export interface ButtonLinkProps extends ComponentProps<"a">, Face {}

export function ButtonLink({
  look,
  size,
  icon,
  children,
  className,
  ...rest
}: ButtonLinkProps): ReactElement {
  return (
    <a {...rest} className={classes(faceClasses({ look, size }, false), className)}>
      {drawIcon({ icon, size }, children)}
      {children}
    </a>
  );
}

function faceClasses({ look = "plain", size = "m" }: Face, bare: boolean): string {
  return classes(
    styles.button,
    look !== "plain" && styles[look],
    size === "s" && styles.small,
    bare && styles.bare,
  );
}

function drawIcon({ icon, size = "m" }: Face, children: ReactNode): ReactNode {
  if (icon === undefined) return null;
  const small = children === undefined ? 18 : 16;
  return <Icon name={icon} size={size === "s" ? small : 20} />;
}
