/**
 * The contract between the page and the machine's worker. No logic: the worker implements it, the page consumes it.
 *
 * Order of a session: the page makes the worker, calls `handshake` (which fails on another protocol version), then
 * `machine.start`. Calls go through comlink; events come back one way over the MessagePort given to `handshake`, so that
 * terminal bytes are transferred and never wait for an answer.
 *
 * A group of methods is an interface here and an object in the worker, which is exposed as it is. Ports and byte arrays
 * that are parameters are given away: the caller has them no longer.
 */
import type { ActionReport, CheckRequest, GuestAction } from "./checks";
import type { ConsoleId } from "./console-id";
import type { GuestRequest } from "./guest-request";
import type { SessionService } from "./sessions";

export type { ConsoleId } from "./console-id";
export type {
  DiskFault,
  ImageNotice,
  MachineEvent,
  MachineStatus,
  PublishedPort,
  RegistryFailure,
  SessionState,
} from "./events";

/** Raised by one whenever a method, an event or a meaning changes. */
export const PROTOCOL_VERSION = 5;

/** How many `ConsoleId`s there are. */
export const CONSOLE_COUNT = 3;

export interface StartOptions {
  /** Absolute URL of the folder with `manifest.json` and `chunks/`. Ends with a slash. */
  readonly guestUrl: string;
  /** Absolute URL of the emulator's WebAssembly. */
  readonly wasmUrl: string;
  /**
   * Which kept machine goes on, or `new` for a clean one that will be kept from its first save on. Without it, the
   * machine is clean and is not kept. `takeOver` takes it from the tab that has it.
   */
  readonly session?: "new" | { readonly id: string; readonly takeOver?: boolean };
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

/** There from the moment the machine is booting; before, every call throws `bad-request`. */
export interface ConsoleService {
  /** Types into a console; resolves when the guest has taken every byte. At most 1 MiB a call. */
  input(console: ConsoleId, bytes: Uint8Array<ArrayBuffer>): Promise<void>;

  /** Tells the guest a console's size in characters (SIGWINCH). */
  resize(console: ConsoleId, columns: number, rows: number): void;

  /** Says that the terminal has drawn `bytes` bytes; the guest is held when too many are outstanding. */
  consumed(console: ConsoleId, bytes: number): void;
}

/** The machine's own servers. There when the machine is ready; before, every call throws `bad-request`. */
export interface GuestService {
  /**
   * Asks a server in the machine. The answer comes over `answer` as `GuestAnswer`s, a bad request's included; closing
   * it, or `cancel`, gives it up.
   */
  request(request: GuestRequest, answer: MessagePort): void;

  /** What a page at `url` in the machine assigns to `document.cookie`. */
  setCookie(url: string, cookie: string): void;
}

/** What lessons look at and do. There when the machine is ready; before, every call throws `bad-request`. */
export interface LessonService {
  /**
   * Looks at this step whenever something may have changed, and says so by `step` events; at none with undefined. Throws
   * `bad-request`.
   */
  watchStep(request: CheckRequest | undefined): void;

  /** Looks at the watched step now. */
  checkNow(): void;

  /** Does something for a lesson, out of the learner's sight, to its end. Throws `bad-request`, `agent`, `aborted`. */
  perform(action: GuestAction): Promise<ActionReport>;
}

/** The registries of the machine's network. There from the moment the machine is booting. */
export interface RegistryService {
  /** Makes room: everything that was ever pushed to them is dropped, in this browser's other tabs too. */
  dropPushedImages(): Promise<void>;
}

export interface MachineService {
  /**
   * Loads, restores and runs a clean machine or a kept one; resolves when it is ready. After a failure it may be called
   * again: what was fetched is not fetched twice. For another machine in place of a running one the page ends this
   * worker and makes another, which gives the memory back at once. Of a kept one throws `session-in-use` besides, and
   * `bad-save` when neither its last save nor the one before can be read.
   */
  start(options: StartOptions): Promise<void>;

  pause(): Promise<void>;
  resume(): Promise<void>;

  /**
   * Lets the machine out into the Internet through the Wisp relay at a `ws:` or `wss:` URL, or, with undefined, no
   * longer. May be called before `start`. Throws `bad-request` for a URL that is none.
   */
  setRelay(url: string | undefined): void;

  /** Tries the disk block that the guest waits for once more. */
  retryDisk(): void;

  figures(): MachineFigures;

  readonly consoles: ConsoleService;
  readonly guest: GuestService;
  readonly lesson: LessonService;
  readonly registry: RegistryService;
  readonly sessions: SessionService;
}

/** What the worker exposes. */
export interface MachineRpc {
  /** Must be the first call. Throws `version-mismatch`. */
  handshake(version: number, events: MessagePort): Promise<{ readonly version: number }>;

  readonly machine: MachineService;
}

/** Something exposed as the other end has it: its methods answer with promises, and so do those of its groups. */
export type Remote<Exposed> = {
  readonly [Name in keyof Exposed]: Exposed[Name] extends (...parameters: infer Parameters) => infer Result
    ? (...parameters: Parameters) => Promise<Awaited<Result>>
    : Remote<Exposed[Name]>;
};
