/** How the terminals and the preview share their room. */
import { useEffect, useRef, useState, type RefObject } from "react";

export type DeskShape = "row" | "column" | "tabs";

/** Two panes beside each other need room for 80 columns and a page. */
const ROW_PX = 900;
const TABS_PX = 640;

export function useDeskShape(): { ref: RefObject<HTMLDivElement | null>; shape: DeskShape } {
  const ref = useRef<HTMLDivElement>(null);
  const [shape, setShape] = useState<DeskShape>("row");
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      const width = entry?.contentRect.width ?? 0;
      // A phone on its side has no height for two panes either.
      if (width > 0) setShape(deskShape(width, window.innerWidth));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, shape };
}

/** @param width the desk's own, in CSS pixels; on a narrow window there are never two panes */
export function deskShape(width: number, windowWidth: number): DeskShape {
  if (windowWidth < TABS_PX) return "tabs";
  return width >= ROW_PX ? "row" : "column";
}
