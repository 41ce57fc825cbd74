/** Scrolling by finger: xterm.js 6 does not have it. Rows follow the finger; full-screen programs get cursor keys. */

/** Turns movements in pixels into whole rows and keeps the rest for the next movement. */
export class RowCounter {
  #rest = 0;

  start(): void {
    this.#rest = 0;
  }

  /** `pixels` is positive when the finger goes up, which moves forward in the text. */
  move(pixels: number, rowHeight: number): number {
    if (!(rowHeight > 0)) return 0;
    this.#rest += pixels;
    const rows = Math.trunc(this.#rest / rowHeight);
    this.#rest -= rows * rowHeight;
    return rows;
  }
}

export interface TouchScrollTarget {
  rowHeight(): number;
  /** Forward by `rows`; backward when it is negative. */
  scroll(rows: number): void;
}

/** Follows one finger on `element`. Two fingers are left to the browser's zoom. */
export function followTouch(element: HTMLElement, target: TouchScrollTarget): void {
  const counter = new RowCounter();
  let last = 0;
  element.addEventListener(
    "touchstart",
    (event) => {
      const [touch] = event.touches;
      if (touch === undefined) return;
      counter.start();
      last = touch.clientY;
    },
    { passive: true },
  );
  element.addEventListener(
    "touchmove",
    (event) => {
      const [touch, second] = event.touches;
      if (touch === undefined || second !== undefined) return;
      const rows = counter.move(last - touch.clientY, target.rowHeight());
      last = touch.clientY;
      if (rows !== 0) target.scroll(rows);
    },
    { passive: true },
  );
}
