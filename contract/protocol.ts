/**
 * The contract between the page and the machine's worker. No logic: the worker implements it, the page consumes it.
 *
 * Order of a session: the page makes the worker, calls `handshake` (which fails on another protocol version), then
 * `start`. Calls go through comlink; events come back one way over the MessagePort given to `handshake`, so that
 * terminal bytes are transferred and never wait for an answer.
 */
import type { ActionReport, CheckRequest, GuestAction, StepResult } from "./checks";
import type { SerialisedError } from "./errors";
import type { GuestRequest } from "./guest-request";

/** Raised by one whenever a method, an event or a meaning changes. */
export const PROTOCOL_VERSION = 2;

/** The guest's terminals: hvc0, hvc1, hvc2. (hvc3 is the agent's and is not in reach of the page.) */
export const CONSOLE_COUNT = 3;
export type ConsoleId = 0 | 1 | 2;

/** What the machine is doing. One value at a time. */
export type MachineStatus =
  /** Nothing has been asked yet. */
  | { readonly kind: "idle" }
  /** Fetching what the prompt needs. `bytes` and `total` count compressed bytes; `cached` of `bytes` were here already. */
  | { readonly kind: "loading"; readonly bytes: number; readonly total: number; readonly cached: number }
  /** Filling the machine's memory: `pages` of `total` pages of 4 KiB are in place. */
  | { readonly kind: "restoring"; readonly pages: number; readonly total: number }
  /** The machine runs; its agent has not answered yet. */
  | { readonly kind: "booting" }
  | { readonly kind: "ready" }
  | { readonly kind: "paused" }
  /** The machine is not usable. `error` says why; `start` tries again. */
  | { readonly kind: "failed"; readonly error: SerialisedError };

/** A disk block that the running guest waits for and that could not be had. The guest stands still until `retryDisk`. */
export interface DiskFault {
  readonly error: SerialisedError;
}

/**
 * A registry of the machine's network failed for a reason that is not the client's. The terminal shows what Docker makes
 * of it; this is for the page to explain.
 */
export interface RegistryFailure {
  /**
   * `full`: there is no room for what is pushed. `unreachable`: an image's data cannot be fetched at the moment.
   * `internal`: anything else.
   */
  readonly kind: "full" | "unreachable" | "internal";
  readonly message: string;
}

/** A port of a container that is published: reachable at `http://localhost:PORT` in the machine. */
export interface PublishedPort {
  /** In the machine. */
  readonly port: number;
  /** In the container. */
  readonly containerPort: number;
  /** The container's name, without a slash. */
  readonly container: string;
  /** As it was named when the container was made. */
  readonly image: string;
}

export type MachineEvent =
  | { readonly type: "status"; readonly status: MachineStatus }
  /** Bytes that the guest wrote to a console. The buffer is transferred. Answer with `consoleConsumed`. */
  | { readonly type: "console"; readonly console: ConsoleId; readonly bytes: Uint8Array<ArrayBuffer> }
  /** `fault: undefined` says that the last fault is over. */
  | { readonly type: "disk-fault"; readonly fault: DiskFault | undefined }
  | { readonly type: "registry-failure"; readonly failure: RegistryFailure }
  /** How the watched step stands, after every look at it. */
  | { readonly type: "step"; readonly step: string; readonly result: StepResult }
  /** Bytes of the lazily loaded rest that are here, for "works offline". */
  | { readonly type: "prefetch"; readonly bytes: number; readonly total: number }
  /** All the ports that running containers publish, whenever they change. */
  | { readonly type: "ports"; readonly ports: readonly PublishedPort[] };

export interface StartOptions {
  /** Absolute URL of the folder with `manifest.json` and `chunks/`. Ends with a slash. */
  readonly guestUrl: string;
  /** Absolute URL of the emulator's WebAssembly. */
  readonly wasmUrl: string;
}

export interface MachineFigures {
  /** Compressed bytes fetched from the network in this session. */
  readonly fetchedBytes: number;
  /** Compressed bytes taken from the cache in this session. */
  readonly cachedBytes: number;
  /** Milliseconds from `start` to `ready`; undefined before. */
  readonly readyAfterMs: number | undefined;
  /** Instructions that the guest's processor has executed since the start. */
  readonly instructions: number;
  /** Bytes of the emulator's WebAssembly memory. */
  readonly wasmMemoryBytes: number;
}

export interface MachineRpc {
  /** Must be the first call. Throws `version-mismatch`. */
  handshake(version: number, events: MessagePort): Promise<{ readonly version: number }>;

  /**
   * Loads, restores and runs a clean machine; resolves when it is ready. After a failure it may be called again: what
   * was fetched is not fetched twice. For a clean machine in place of a running one the page ends this worker and
   * makes another, which gives the memory back at once.
   */
  start(options: StartOptions): Promise<void>;

  pause(): Promise<void>;
  resume(): Promise<void>;

  /**
   * Lets the machine out into the Internet through the Wisp relay at a `ws:` or `wss:` URL, or, with undefined, no
   * longer. May be called before `start`. Throws `bad-request` for a URL that is none.
   */
  setRelay(url: string | undefined): Promise<void>;

  /** Makes room in the registries: everything that was ever pushed to them is dropped, in this browser's other tabs too. */
  dropPushedImages(): Promise<void>;

  /** Types into a console; resolves when the guest has taken every byte. At most 1 MiB a call. */
  consoleInput(console: ConsoleId, bytes: Uint8Array): Promise<void>;

  /** Tells the guest a console's size in characters (SIGWINCH). */
  consoleResize(console: ConsoleId, columns: number, rows: number): Promise<void>;

  /** Says that the terminal has drawn `bytes` bytes; the guest is held when too many are outstanding. */
  consoleConsumed(console: ConsoleId, bytes: number): Promise<void>;

  /** Tries the disk block that the guest waits for once more. */
  retryDisk(): Promise<void>;

  /**
   * Asks a server in the machine. The answer comes over `answer` as `GuestAnswer`s, a bad request's included; closing
   * it, or `cancel`, gives it up.
   */
  guestRequest(request: GuestRequest, answer: MessagePort): Promise<void>;

  /** What a page at `url` in the machine assigns to `document.cookie`. */
  guestCookie(url: string, cookie: string): Promise<void>;

  /**
   * Looks at this step whenever something may have changed, and says so by `step` events; at none with undefined. Throws
   * `bad-request`.
   */
  watchStep(request: CheckRequest | undefined): Promise<void>;

  /** Looks at the watched step now. */
  checkNow(): Promise<void>;

  /** Does something for a lesson, out of the learner's sight, to its end. Throws `bad-request`, `agent`, `aborted`. */
  perform(action: GuestAction): Promise<ActionReport>;

  figures(): Promise<MachineFigures>;
}
