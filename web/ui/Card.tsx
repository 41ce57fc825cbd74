/** A surface with a frame: one of the page's panes, or a box among other things. */
import type { HTMLAttributes, ReactElement } from "react";
import { classes } from "./classes";
import { Icon, type IconName } from "./Icon";
import styles from "./Card.module.css";

export interface CardProps extends HTMLAttributes<HTMLElement> {
  readonly as?: "div" | "section" | "aside" | "fieldset" | "p";
  /** A `pane` fills its place, and has no frame on a phone; a `box` is as large as what is in it. */
  readonly kind?: "pane" | "box";
  /** `signal` asks for attention, `bad` says that something failed. */
  readonly tone?: "plain" | "accent" | "signal" | "bad";
  /** Lies over other things. */
  readonly raised?: boolean;
  /** Before the contents, which then are a row. */
  readonly icon?: IconName;
}

export function Card(props: CardProps): ReactElement {
  const {
    as: Element = "div",
    kind = "box",
    tone = "plain",
    raised,
    icon,
    className,
    children,
    ...rest
  } = props;
  return (
    <Element
      {...rest}
      className={classes(
        styles.card,
        styles[kind],
        tone !== "plain" && styles[tone],
        raised === true && styles.raised,
        icon !== undefined && styles.row,
        className,
      )}
    >
      {icon === undefined ? null : <Icon name={icon} />}
      {children}
    </Element>
  );
}
