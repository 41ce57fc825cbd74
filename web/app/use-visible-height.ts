/**
 * Keeps the page as high as what can be seen of it. Where a phone's keyboard covers the page and does not shrink it
 * (Safari), the terminal's last rows and the key bar would lie under the keyboard.
 */
import { useEffect } from "react";

export function useVisibleHeight(): void {
  useEffect(() => {
    const viewport = window.visualViewport;
    if (viewport === null) return undefined;
    const update = (): void => {
      const { style } = document.documentElement;
      // A pinch makes the visible part smaller, too, but then nothing is covered.
      const covered = viewport.scale === 1 && window.innerHeight - viewport.height > 60;
      if (covered) style.setProperty("--visible-height", `${viewport.height}px`);
      else style.removeProperty("--visible-height");
      if (covered) window.scrollTo(0, 0);
    };
    viewport.addEventListener("resize", update);
    return () => viewport.removeEventListener("resize", update);
  }, []);
}
