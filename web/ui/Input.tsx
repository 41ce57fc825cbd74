/** A line of text: the bare input, and the field that has a label and says what is wrong with it. */
import { useId, type ComponentProps, type ReactElement, type ReactNode } from "react";
import { classes } from "./classes";
import styles from "./Input.module.css";

export interface InputProps extends Omit<ComponentProps<"input">, "size" | "aria-invalid"> {
  readonly size?: "s" | "m";
  /** For what is typed into a shell. */
  readonly mono?: boolean;
  readonly invalid?: boolean;
}

/** What is typed here are names, addresses and commands: nothing is to be completed or corrected. */
export function Input({ size = "m", mono = false, invalid, className, ...rest }: InputProps): ReactElement {
  return (
    <input
      type="text"
      autoComplete="off"
      autoCapitalize="off"
      autoCorrect="off"
      spellCheck={false}
      {...rest}
      className={classes(styles.input, size === "s" && styles.small, mono && styles.mono, className)}
      aria-invalid={invalid}
    />
  );
}

export interface TextFieldProps extends Omit<InputProps, "id" | "invalid" | "className"> {
  readonly label: ReactNode;
  /** What is to be typed, or what it is for. */
  readonly hint?: ReactNode;
  /** Why the text is not accepted. Replaces the hint, and is read out. */
  readonly error?: string;
  /** Beside the input: the button that sends it. */
  readonly action?: ReactNode;
}

export function TextField({ label, hint, error, action, ...input }: TextFieldProps): ReactElement {
  const id = useId();
  const noteId = `${id}-note`;
  const isWrong = error !== undefined;
  const note = error ?? hint;
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <div className={styles.row}>
        <Input
          {...input}
          id={id}
          invalid={isWrong}
          aria-describedby={note === undefined ? undefined : noteId}
        />
        {action}
      </div>
      {note === undefined ? null : (
        <span
          id={noteId}
          className={classes(styles.note, isWrong && styles.error)}
          role={isWrong ? "alert" : undefined}
        >
          {note}
        </span>
      )}
    </div>
  );
}
