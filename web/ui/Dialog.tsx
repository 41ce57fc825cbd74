/** A modal of the browser's own: it traps the focus, closes on Escape, and gives the focus back. */
import { useEffect, useId, useRef, type MouseEvent, type ReactElement, type ReactNode } from "react";
import { Icon } from "./Icon";
import "./dialog.css";

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
      className={wide ? "dialog dialog--wide" : "dialog"}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={closeOnBackdrop}
    >
      <div className="dialog__frame">
        <header className="dialog__head">
          <h2 id={titleId}>{title}</h2>
          <button
            type="button"
            className="icon-button"
            aria-label={closeLabel}
            title={closeLabel}
            onClick={onClose}
          >
            <Icon name="close" />
          </button>
        </header>
        {/* A body without controls could not be scrolled by keyboard otherwise. */}
        <div className="dialog__body" tabIndex={footer === undefined ? 0 : undefined}>
          {children}
        </div>
        {footer === undefined ? null : <footer className="dialog__foot">{footer}</footer>}
      </div>
    </dialog>
  );
}
