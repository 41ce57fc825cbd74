/** What the keeping of machines needs of the rest of the page, and of the browser. */
import type { PagePart } from "../../contract/sessions";

/** The page that is kept with the machine: its terminals, its lesson, its panes. */
export interface PageDoor {
  /** The page at this moment of the consoles' output; undefined while it is not drawn yet. */
  keep(): Promise<PagePart | undefined>;
  /** Shows the page as it was; what the terminals showed comes by the consoles. Never throws. */
  resume(place: string | undefined): void;
  /** All that was kept of the terminals has come. */
  settle(): void;
}

/** Where the learner was, for people. */
export interface PlaceText {
  readonly lesson: string;
  readonly step: string;
}

/** Whether the browser promises not to throw away what is kept. */
export interface Persistence {
  /** Whether it has; undefined where it cannot be asked. */
  isGranted(): Promise<boolean | undefined>;
  /** Asks for it. The browser may ask the learner. */
  ask(): Promise<boolean>;
}
