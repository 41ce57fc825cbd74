/** A short message about something that just happened, shown over the place that it is about. */
import type { ReactElement } from "react";
import { Button } from "./Button";
import { Card, type CardProps } from "./Card";
import { classes } from "./classes";
import styles from "./Toast.module.css";

export interface ToastProps extends Omit<CardProps, "as" | "kind" | "tone" | "raised"> {
  /** The cross at its end; its name and what it does. */
  readonly closing?: { readonly label: string; readonly onClose: () => void };
}

/** Text goes into a `<span>`, what can be done into `Button size="s"`. */
export function Toast({ closing, className, children, ...rest }: ToastProps): ReactElement {
  return (
    <Card {...rest} raised className={classes(styles.toast, className)}>
      {children}
      {closing === undefined ? null : (
        <Button look="quiet" size="s" icon="close" label={closing.label} onClick={closing.onClose} />
      )}
    </Card>
  );
}
