/** A request of the page's to a server in the machine, and its answer, which comes piece by piece over a port of its own. */

/** An HTTP request to a server in the machine. */
export interface GuestRequest {
  readonly method: string;
  /** `http:`, and the machine by one of its own names (`localhost`). */
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array<ArrayBuffer> | undefined;
  readonly redirect: "follow" | "error" | "manual";
}

/** Why a request to the machine has no answer. */
export type GuestFailure =
  /** Nothing listens on that port. */
  | "refused"
  /** Something listens, but says nothing for too long. */
  | "no-answer"
  /** The connection ended before the answer was whole. */
  | "closed"
  /** What came is not HTTP/1.x. */
  | "bad-response"
  /** Redirected in a circle. */
  | "too-many-redirects"
  /** Redirected where only a real network leads; the message is the address. */
  | "outside"
  /** A request that cannot be sent. */
  | "bad-request";

export interface GuestHead {
  readonly status: number;
  readonly reason: string;
  /** Without what concerns the connection, and without `Set-Cookie`. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Where the answer came from in the end. */
  readonly url: string;
  readonly redirected: boolean;
  /** What `document.cookie` is at that address. */
  readonly cookie: string;
}

/** What comes over a request's answer port: one head and its bytes, or a failure at any time. */
export type GuestAnswer =
  | { readonly type: "head"; readonly head: GuestHead }
  /** The buffer is transferred. At most `ANSWER_WINDOW` bytes are on their way: say `more` for what is taken. */
  | { readonly type: "bytes"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: "end" }
  | { readonly type: "failed"; readonly failure: GuestFailure; readonly message: string };

/** What goes back over it. */
export type GuestAnswerControl =
  { readonly type: "more"; readonly bytes: number } | { readonly type: "cancel" };

/** Bytes of an answer that may be on their way to whoever asked. */
export const ANSWER_WINDOW = 256 * 1024;
