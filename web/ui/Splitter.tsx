/** Two panes with a divider that is dragged, or moved by the arrow keys (WAI-ARIA, "window splitter"). */
import {
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
  type ReactElement,
  type ReactNode,
} from "react";
import { moveShare, shareAt, type SplitDirection } from "./split-share";
import styles from "./Splitter.module.css";

type SplitSide = "first" | "second";

export interface SplitterProps {
  readonly direction: SplitDirection;
  /** The divider's name for screen readers. */
  readonly label: string;
  readonly first: ReactNode;
  /** Undefined: the first pane has all the room. The first keeps its place in the page either way. */
  readonly second: ReactNode | undefined;
  /** The first pane's share to begin with. */
  readonly initialShare?: number;
  /** The one that has all the room. */
  readonly shown?: SplitSide | undefined;
  /** The same on a narrow screen. */
  readonly narrow?: SplitSide | undefined;
}

export function Splitter(props: SplitterProps): ReactElement {
  const { direction, label, first, second, initialShare = 0.5, shown, narrow } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [share, setShare] = useState(initialShare);
  const [dragging, setDragging] = useState(false);

  const drag = (event: PointerEvent): void => {
    if (!dragging || frame.current === null) return;
    setShare(
      shareAt(direction, { x: event.clientX, y: event.clientY }, frame.current.getBoundingClientRect()),
    );
  };
  const handleKey = (event: KeyboardEvent): void => {
    const moved = moveShare(direction, share, event.key);
    if (moved === undefined) return;
    event.preventDefault();
    setShare(moved);
  };

  const isSplit = second !== undefined;
  return (
    <div
      ref={frame}
      className={styles.splitter}
      data-direction={direction}
      data-dragging={dragging}
      data-shown={shown}
      data-narrow={narrow}
    >
      <div className={styles.pane} style={isSplit ? { flexGrow: share * 100 } : undefined}>
        {first}
      </div>
      {isSplit ? (
        <>
          <div
            className={styles.divider}
            role="separator"
            tabIndex={0}
            aria-label={label}
            aria-orientation={direction === "row" ? "vertical" : "horizontal"}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round(share * 100)}
            onPointerDown={(event) => {
              // Captured, or a frame under the pointer would take the moves.
              event.currentTarget.setPointerCapture(event.pointerId);
              setDragging(true);
            }}
            onPointerMove={drag}
            onPointerUp={() => setDragging(false)}
            onPointerCancel={() => setDragging(false)}
            onDoubleClick={() => setShare(initialShare)}
            onKeyDown={handleKey}
          />
          <div className={styles.pane} style={{ flexGrow: (1 - share) * 100 }}>
            {second}
          </div>
        </>
      ) : null}
    </div>
  );
}
