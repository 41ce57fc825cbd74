/**
 * What the page and the worker say to each other about machines that are kept: sessions (a machine that is there again
 * after a reload) and restore points (states to which a running machine goes back). docs/sessions.md has the guarantees.
 *
 * A save is made of the machine and of what the page adds to it: its terminals and where the learner is. So that both
 * are of one moment, the worker sends `save-mark` at the moment of the hold, in order with the consoles' bytes: when the
 * page's terminals have parsed all that came before it, the page answers with `sessions.pagePart`. It is waited for for
 * at most `PAGE_PART_MS`; then the save has the last part that there is.
 */
import { z } from "zod";
import { consoleIdSchema } from "./console-id";

/** Milliseconds that a save waits for the page's part. */
export const PAGE_PART_MS = 2000;
/** Characters of the page's own JSON in a save. */
export const MAX_PLACE_CHARS = 256 * 1024;
/** Characters of one terminal with its scrollback. */
export const MAX_SCREEN_CHARS = 8 * 1024 * 1024;
/** Characters and lines of the text by which a session is known again. */
export const MAX_TEXT_CHARS = 8 * 1024;
export const MAX_NAME_CHARS = 200;
/** Restore points that a session keeps. The oldest go first. */
export const MAX_POINTS = 12;

/** What the page adds to a save. */
export const pagePartSchema = z.object({
  /** Every terminal as a sequence that draws it anew (xterm's serialiser), with its scrollback. */
  terminals: z.array(z.object({ console: consoleIdSchema, screen: z.string().max(MAX_SCREEN_CHARS) })).max(3),
  /** What the terminal in front shows, as plain lines, for the start screen. */
  text: z.string().max(MAX_TEXT_CHARS),
  /** The page's own JSON: lesson, step, open panes. The worker does not look into it. */
  place: z.string().max(MAX_PLACE_CHARS),
});
export type PagePart = z.infer<typeof pagePartSchema>;

/** Of a session or of a machine that is to be one. */
export const sessionNameSchema = z.string().trim().min(1).max(MAX_NAME_CHARS);

export const saveRequestSchema = z.object({
  /** `asked`: by the learner. The others may share a save that is under way. */
  reason: z.enum(["asked", "idle", "hidden", "timer", "step"]),
  /** Keeps the state as a restore point besides. */
  point: z
    .object({
      /** For the learner's eyes. */
      label: z.string().max(MAX_NAME_CHARS),
      /** The page's own word: `step-start`, `step-end`, `command`, `jump`. */
      kind: z.string().regex(/^[a-z-]{1,32}$/u),
    })
    .optional(),
});
export type SaveRequest = z.infer<typeof saveRequestSchema>;

export interface SaveResult {
  readonly sessionId: string;
  /** Of the restore point, where one was asked for. */
  readonly pointId: string | undefined;
  /** Milliseconds since the epoch. */
  readonly savedAt: number;
  /** All that this session takes in the browser's storage, and what this save added. */
  readonly bytes: number;
  readonly addedBytes: number;
  /** Milliseconds that the guest stood still. */
  readonly holdMs: number;
}

/** A machine that was kept. Times are in milliseconds since the epoch. */
export interface SavedSession {
  readonly id: string;
  /** Undefined for one that nobody has named. */
  readonly name: string | undefined;
  readonly createdAt: number;
  readonly savedAt: number;
  /** What it takes in the browser's storage. What it shares with other sessions counts for each. */
  readonly bytes: number;
  /** The manifest's `id` of the guest that it is of, and whether the page's own guest is another by now. */
  readonly guestId: string;
  readonly isOlderGuest: boolean;
  /** `PagePart.text` and `PagePart.place` of the last save. The place is undefined when the page never gave one. */
  readonly screen: string;
  readonly place: string | undefined;
  /** The last save cannot be read: the one before it opens, if there is one. */
  readonly isDamaged: boolean;
  /** Another tab has it now. */
  readonly isInUse: boolean;
}

/** A state to which the running machine can go back. */
export interface RestorePoint {
  readonly id: string;
  readonly at: number;
  readonly label: string;
  readonly kind: string;
  readonly place: string | undefined;
}

/** Something that could go to make room, with the bytes that become free. */
export type Freeable =
  | {
      readonly what: "session";
      readonly id: string;
      readonly name: string | undefined;
      readonly bytes: number;
    }
  /** The restore points of the session, by `dropPoints`. */
  | { readonly what: "points"; readonly id: string; readonly bytes: number };

export interface SessionRoom {
  /** What all that is kept here takes. */
  readonly sessionBytes: number;
  /** What the site uses and may use in all, if the browser says. */
  readonly usedBytes: number | undefined;
  readonly quotaBytes: number | undefined;
  readonly freeable: readonly Freeable[];
}

/**
 * Kept machines. Usable before `machine.start`, but for `save`, `saveAs`, `points` and `goBack`, which are for the
 * running one and throw `bad-request` without. All throw `no-storage` where the browser keeps nothing (`list` is empty
 * then), and `bad-request` for what is not of their types or names what there is not.
 */
export interface SessionService {
  /** The last saved first. `guestUrl` is the page's own guest, as in `StartOptions`: by it older ones are told. */
  list(guestUrl: string): Promise<readonly SavedSession[]>;

  /**
   * Keeps the machine as it is now. Resolves when it is safe on disk. Throws `no-room` (`room` has what could be freed), `session-taken`, `aborted`; the save before stands then, and the machine goes on.
   */
  save(request: SaveRequest): Promise<SaveResult>;

  /** The answer to `save-mark`. */
  pagePart(saveId: number, part: PagePart): void;

  /** Saves the machine as a session of its own, which it is from now on. The former one stays at its last save. */
  saveAs(name: string): Promise<SaveResult>;

  rename(id: string, name: string): Promise<void>;

  /** Throws `session-in-use` when a tab has it, be it this one: a machine that went on reads its disk out of it. */
  drop(id: string): Promise<void>;

  /** One file with all of the last save: for another browser, or for safekeeping. Throws `bad-save`. */
  export(id: string): Promise<Blob>;

  /** Takes such a file in, as a session of its own. Throws `bad-save`, `version-mismatch`, `no-room`. */
  import(file: Blob): Promise<SavedSession>;

  room(): Promise<SessionRoom>;

  /** The restore points of the running machine's session, the last first. Empty before its first save. */
  points(): Promise<readonly RestorePoint[]>;

  /**
   * The running machine goes back, in place: connections from outside end, its terminals come anew by the consoles'
   * bytes after a `rewound` event. Throws `bad-save` and goes on as it was, or fails as a machine does.
   */
  goBack(pointId: string): Promise<void>;

  /** Drops all restore points of a session. */
  dropPoints(id: string): Promise<void>;
}
