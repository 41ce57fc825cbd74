/** The keeping of machines as the page has it: one object for the stores that belong together. */
import type { MachineClient } from "../vm/machine-client";
import { browserPersistence } from "./browser-persistence";
import { ChoiceStore } from "./choice-store";
import type { PageDoor } from "./page-door";
import { PointsStore } from "./points-store";
import { Saver } from "./saver";
import { ShelfStore } from "./shelf-store";

export interface Sessions {
  readonly choice: ChoiceStore;
  readonly saver: Saver;
  readonly points: PointsStore;
  readonly shelf: ShelfStore;
}

export function createSessions(machine: MachineClient): Sessions {
  const saver = new Saver(machine, {
    now: () => performance.now(),
    after: (milliseconds, run) => {
      const timer = setTimeout(run, milliseconds);
      return () => clearTimeout(timer);
    },
  });
  return {
    choice: new ChoiceStore(machine),
    saver,
    points: new PointsStore(machine, saver),
    shelf: new ShelfStore(machine, saver, browserPersistence),
  };
}

/** The drawn page: its part goes into saves and comes out of them. Follows whether it is seen, and warns when it must. */
export function attachPage({ choice, saver, points }: Sessions, page: PageDoor): void {
  choice.setPage(page);
  saver.setPage(page);
  points.setPage(page);
  document.addEventListener("visibilitychange", () => saver.setHidden(document.hidden));
  window.addEventListener("pagehide", () => saver.setHidden(true));
  window.addEventListener("beforeunload", (event) => {
    if (saver.wouldLose) event.preventDefault();
  });
}
