/**
 * One worker's life: made, greeted, used, gone. Nothing but the handshake is called before the handshake is over, and
 * when the worker dies every call that waits is rejected with `worker-died`.
 */
import { z } from "zod";
import { DrydockError } from "../../contract/errors";
import { eventSchema } from "../../contract/events";
import { PROTOCOL_VERSION, type MachineEvent, type MachineRpc, type Remote } from "../../contract/protocol";
import { wrapMachine } from "../../worker/rpc";
import { watchLiveness } from "./liveness";
import { guardCalls, PendingCalls } from "./pending-calls";

/** What is used of a `Worker`. */
export interface WorkerLike {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
  terminate(): void;
}

/** Timers, so that tests need not wait. */
export interface Clock {
  /** Calls `run` once after `milliseconds`; the returned function cancels it. */
  after(milliseconds: number, run: () => void): () => void;
  /** Calls `run` every `milliseconds` until the returned function is called. */
  every(milliseconds: number, run: () => void): () => void;
}

export interface WorkerLinkHandlers {
  onEvent(event: MachineEvent): void;
  /** Called at most once. Every pending call has been rejected with the same error. */
  onDeath(error: DrydockError): void;
}

/** A worker's script may come over a slow line; a script that cannot be had at all is reported by an `error` event. */
const HANDSHAKE_MS = 60_000;
/** The subject of `worker-died` when the worker never lived: its script did not come. */
export const WORKER_SCRIPT = "worker script";
const PING_MS = 2_000;
/** The worker may be busy for seconds (a restore, a compilation), never for this many pings. */
const MISSED_PINGS = 10;

export class WorkerLink {
  readonly machine: Remote<MachineRpc>["machine"];
  readonly #rpc: Remote<MachineRpc>;
  readonly #worker: WorkerLike;
  readonly #clock: Clock;
  readonly #handlers: WorkerLinkHandlers;
  readonly #pending = new PendingCalls();
  readonly #events = new MessageChannel();
  #stopWatch: () => void = () => undefined;
  #greeted = false;
  #ended = false;

  constructor(worker: WorkerLike, clock: Clock, handlers: WorkerLinkHandlers) {
    this.#worker = worker;
    this.#clock = clock;
    this.#handlers = handlers;
    worker.addEventListener("error", (event) => {
      // The browser's own report on the console stays: it has the source line.
      const reason = "message" in event && typeof event.message === "string" ? event.message : "";
      if (this.#greeted || reason !== "") this.#die(reason === "" ? "the worker ended" : reason);
      else this.#die("the worker's script could not be loaded", WORKER_SCRIPT);
    });
    worker.addEventListener("messageerror", () => this.#die("the worker sent what cannot be read"));
    this.#events.port1.onmessage = (message: MessageEvent<unknown>) => this.#receive(message.data);
    this.#rpc = guardCalls(wrapMachine(worker), this.#pending);
    this.machine = this.#rpc.machine;
  }

  /**
   * Greets the worker.
   * @throws DrydockError `version-mismatch` or `worker-died`.
   */
  async open(): Promise<void> {
    const cancel = this.#clock.after(HANDSHAKE_MS, () =>
      this.#die("the worker did not answer the handshake"),
    );
    try {
      const { version } = await this.#rpc.handshake(PROTOCOL_VERSION, this.#events.port2);
      if (version !== PROTOCOL_VERSION) {
        const message = `the worker speaks version ${version}, the page ${PROTOCOL_VERSION}`;
        throw new DrydockError("version-mismatch", message, { subject: "worker" });
      }
      this.#greeted = true;
    } finally {
      cancel();
    }
    // `close` may have come in the meantime.
    if (this.#isOver()) return;
    this.#stopWatch = watchLiveness({
      ping: () => this.machine.figures(),
      onSilence: () => this.#die("the worker no longer answers"),
      every: (tick) => this.#clock.every(PING_MS, tick),
      misses: MISSED_PINGS,
    });
  }

  /** Ends the worker; calls that wait are rejected with `aborted`. */
  close(): void {
    if (this.#ended) return;
    this.#end(new DrydockError("aborted", "the machine was ended"));
  }

  #isOver(): boolean {
    return this.#ended;
  }

  #receive(data: unknown): void {
    if (this.#ended) return;
    const event = eventSchema.safeParse(data);
    if (event.success) this.#handlers.onEvent(event.data);
    else this.#die(`the machine sent an event of unknown shape: ${z.prettifyError(event.error)}`);
  }

  #die(message: string, subject?: string): void {
    if (this.#ended) return;
    const error = new DrydockError("worker-died", message, subject === undefined ? {} : { subject });
    this.#end(error);
    this.#handlers.onDeath(error);
  }

  #end(error: DrydockError): void {
    this.#ended = true;
    this.#stopWatch();
    this.#pending.fail(error);
    this.#events.port1.close();
    this.#worker.terminate();
  }
}
