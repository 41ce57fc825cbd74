/** What the preview needs of the page that it is in. */
import type { GuestRequest } from "../../contract/guest-request";
import type { FrameWord, StorageArea } from "./frame/messages";

export type KeptStorage = Readonly<Record<StorageArea, Readonly<Record<string, string>>>>;

export interface FrameListener {
  onWord(word: FrameWord, port: MessagePort | undefined): void;
  /**
   * The frame's program does not answer. `before`: it never has, because the file is missing, the host's headers keep
   * it from running, or its process hangs. Later only the last is possible.
   */
  onSilence(before: boolean): void;
}

/** How long a frame that is not shown yet may be silent, in milliseconds. */
export interface Patience {
  /** Before its first word. Its file comes from this site, and it answers as soon as it runs. */
  readonly first: number;
  /** Later, while it waits for the machine: another frame of its process may hang. */
  readonly later: number | undefined;
}

/** One frame, for one document. */
export interface Frame {
  readonly id: number;
  /** Asks for the document, with what its origin has kept. */
  open(request: GuestRequest, storage: KeptStorage): void;
  /** Goes to an entry of the document's own history. */
  traverse(entry: number): void;
  /** Puts it before the reader; `title` is its name for screen readers. */
  show(title: string): void;
  close(): void;
}

/** What the page's policy has blocked in a frame. */
export type Violation = Pick<SecurityPolicyViolationEvent, "effectiveDirective" | "blockedURI">;

export interface PreviewPage {
  /** The page's own. */
  readonly origin: string;
  /** Puts a frame into `host`, hidden until it is shown. */
  createFrame(id: number, host: Element, title: string, patience: Patience, listener: FrameListener): Frame;
  onViolation(listener: (violation: Violation) => void): void;
}
