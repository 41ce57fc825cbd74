/** The browser's own modal: it traps the focus, closes on Escape, and gives the focus back. */
import { useEffect, useId, useRef, type MouseEvent, type ReactElement, type ReactNode } from "react";
import { Button } from "./Button";
import { classes } from "./classes";
import styles from "./Dialog.module.css";

export interface DialogProps {
  readonly title: string;
  /** The name of the cross in the corner. */
  readonly closeLabel: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** The buttons at the foot. */
  readonly footer?: ReactNode;
  readonly wide?: boolean;
}

/** Open as long as it is rendered. */
export function Dialog(props: DialogProps): ReactElement {
  const { title, closeLabel, onClose, children, footer, wide = false } = props;
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return undefined;
    dialog.showModal();
    // Closed before it goes, so that the browser gives the focus back to where it was.
    return () => dialog.close();
  }, []);

  const closeOnBackdrop = (event: MouseEvent<HTMLDialogElement>): void => {
    if (event.target === event.currentTarget) onClose();
  };

  return (
    <dialog
      ref={ref}
      className={classes(styles.dialog, wide && styles.wide)}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={closeOnBackdrop}
    >
      <div className={styles.frame}>
        <header className={styles.head}>
          <h2 id={titleId}>{title}</h2>
          <Button look="quiet" icon="close" label={closeLabel} onClick={onClose} />
        </header>
        {/* A body without controls could not be scrolled by keyboard otherwise. */}
        <div className={styles.body} tabIndex={footer === undefined ? 0 : undefined}>
          {children}
        </div>
        {footer === undefined ? null : <footer className={styles.foot}>{footer}</footer>}
      </div>
    </dialog>
  );
}
