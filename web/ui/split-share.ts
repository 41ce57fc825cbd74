/** How much of the room the first of two panes has. */
export type SplitDirection = "row" | "column";

/** Neither pane becomes smaller than this share. */
const LEAST = 0.15;
const STEP = 0.05;

/** The share that puts the divider under the pointer. */
export function shareAt(
  direction: SplitDirection,
  pointer: { readonly x: number; readonly y: number },
  frame: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
): number {
  const share =
    direction === "row" ? (pointer.x - frame.left) / frame.width : (pointer.y - frame.top) / frame.height;
  return clamp(share);
}

/** The share after a key; undefined for one that moves nothing. */
export function moveShare(direction: SplitDirection, share: number, key: string): number | undefined {
  const [less, more] = direction === "row" ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  if (key === less) return clamp(share - STEP);
  if (key === more) return clamp(share + STEP);
  if (key === "Home") return LEAST;
  if (key === "End") return 1 - LEAST;
  return undefined;
}

function clamp(share: number): number {
  return Number.isNaN(share) ? 0.5 : Math.min(Math.max(share, LEAST), 1 - LEAST);
}
