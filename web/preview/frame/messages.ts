/**
 * What the pane and the frame say to each other. The frame's side runs in one realm with the previewed page, which may
 * say anything in its name: the pane checks every message (frame-words.ts) and grants nothing by them but requests to
 * the machine's own servers.
 */
import type { GuestFailure, GuestRequest } from "../../../contract/guest-request";

/** The first message to the frame, with the control port. */
export const FRAME_GREETING = "drydock-preview";

export type StorageArea = "local" | "session";

/** From the pane. */
export type PaneWord =
  /** Show what this request is answered with. `storage` is what pages of that origin have kept. */
  | {
      readonly type: "open";
      readonly request: GuestRequest;
      readonly storage: Readonly<Record<StorageArea, Readonly<Record<string, string>>>>;
    }
  /** Go to another entry of this document's own history, by its number from 0. */
  | { readonly type: "traverse"; readonly entry: number }
  /** Answer `alive`: a frame whose process hangs in another frame's loop can't. */
  | { readonly type: "ping" };

/** From the frame. */
export type FrameWord =
  /** The answer to `ping`. */
  | { readonly type: "alive" }
  /** Comes with a message port for the answer. */
  | { readonly type: "request"; readonly request: GuestRequest }
  /** The document's head is there, and it will be shown. */
  | { readonly type: "arrived"; readonly url: string; readonly status: number }
  /** There is no document to show: a failure, a file to save, or an answer without content. */
  | {
      readonly type: "failed";
      readonly url: string;
      readonly failure: GuestFailure;
      readonly message: string;
    }
  | {
      readonly type: "download";
      readonly url: string;
      readonly name: string;
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  | { readonly type: "no-content" }
  | { readonly type: "loaded" }
  | { readonly type: "title"; readonly title: string }
  /** The page asks for another document: a link, a form, `window.open`. */
  | { readonly type: "go"; readonly request: GuestRequest }
  /** A link that leads out of the machine. */
  | { readonly type: "outside"; readonly url: string }
  /** The page has put an entry into its own history, or changed the present one's address. */
  | { readonly type: "pushed"; readonly url: string }
  | { readonly type: "replaced"; readonly url: string }
  /** `history.back()`, `forward()`, `go(n)`. */
  | { readonly type: "go-history"; readonly delta: number }
  | { readonly type: "cookie"; readonly url: string; readonly cookie: string }
  /** `value: undefined` removes the key. */
  | {
      readonly type: "stored";
      readonly area: StorageArea;
      readonly key: string;
      readonly value: string | undefined;
    };
