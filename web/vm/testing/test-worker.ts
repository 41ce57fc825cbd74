/** For tests: a worker and a clock that do what they are told. */
import { DrydockError } from "../../../contract/errors";
import type { GuestAnswer } from "../../../contract/guest-request";
import {
  PROTOCOL_VERSION,
  type MachineEvent,
  type MachineRpc,
  type MachineStatus,
} from "../../../contract/protocol";
import { exposeMachine } from "../../../worker/rpc";
import type { Clock, WorkerLike } from "../worker-link";

/** The other end of a real message channel, with the contract served over comlink as in the worker's entry. */
export class TestWorker implements WorkerLike {
  readonly #channel = new MessageChannel();
  readonly #failures = new EventTarget();
  #events: MessagePort | undefined;
  readonly calls: string[] = [];
  terminated = false;
  version = PROTOCOL_VERSION;
  /** What `start` does; may be changed between calls. */
  onStart: () => Promise<void> = async () => {
    this.status({ kind: "loading", bytes: 5, total: 10, cached: 1 });
    this.status({ kind: "ready" });
    await this.delivered();
  };

  constructor(answersHandshake = true) {
    const silent = (): Promise<never> => new Promise(() => undefined);
    const machine: MachineRpc = {
      handshake: (version, events) => {
        this.calls.push(`handshake ${version}`);
        this.#events = events;
        return answersHandshake ? Promise.resolve({ version: this.version }) : silent();
      },
      start: async (options) => {
        this.calls.push(`start ${options.guestUrl}`);
        await this.onStart();
      },
      pause: silent,
      dropPushedImages: () => {
        this.calls.push("drop images");
        return Promise.resolve();
      },
      setRelay: (url) => {
        this.calls.push(`relay ${url ?? "off"}`);
        return url === "ws://bad/"
          ? Promise.reject(new DrydockError("bad-request", "bad"))
          : Promise.resolve();
      },
      resume: () => Promise.reject(new DrydockError("bad-request", "not paused")),
      consoleInput: (console, bytes) => {
        if (console === 1) return silent();
        this.calls.push(`input ${console} ${new TextDecoder().decode(bytes)}`);
        return Promise.resolve();
      },
      consoleResize: (console, columns, rows) => {
        this.calls.push(`resize ${console} ${columns}x${rows}`);
        return Promise.resolve();
      },
      consoleConsumed: () => Promise.resolve(),
      retryDisk: () => Promise.reject(new DrydockError("bad-chunk", "altered", { subject: "c0ffee" })),
      guestRequest: (request, answer) => {
        this.calls.push(`request ${request.url}`);
        answer.postMessage({ type: "failed", failure: "refused", message: "nobody" } satisfies GuestAnswer);
        return Promise.resolve();
      },
      guestCookie: (url, cookie) => {
        this.calls.push(`cookie ${url} ${cookie}`);
        return Promise.resolve();
      },
      watchStep: (request) => {
        this.calls.push(`watch ${request?.step ?? "nothing"}`);
        return Promise.resolve();
      },
      checkNow: () => {
        this.calls.push("check");
        return Promise.resolve();
      },
      perform: (action) => {
        this.calls.push(`perform ${action.type}`);
        return Promise.resolve({ status: 0, output: action.type });
      },
      figures: () => {
        throw new RangeError("figures are out");
      },
    };
    exposeMachine(machine, this.#channel.port2);
    this.#channel.port1.start();
  }

  post(event: unknown): void {
    this.#events?.postMessage(event);
  }

  status(status: MachineStatus): void {
    this.post({ type: "status", status } satisfies MachineEvent);
  }

  output(console: 0 | 1 | 2, text: string): void {
    this.post({ type: "console", console, bytes: new TextEncoder().encode(text) });
  }

  /** Resolves when the events sent so far have had time to arrive: they go over another port than the answers. */
  delivered(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 5));
  }

  crash(): void {
    this.#failures.dispatchEvent(new Event("error"));
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    this.#channel.port1.postMessage(message, transfer);
  }

  addEventListener(type: string, listener: (event: Event) => void): void {
    (type === "message" ? this.#channel.port1 : this.#failures).addEventListener(type, listener);
  }

  removeEventListener(type: string, listener: (event: Event) => void): void {
    this.#channel.port1.removeEventListener(type, listener);
  }

  terminate(): void {
    this.terminated = true;
    this.#channel.port1.close();
    this.#events?.close();
  }
}

export class TestClock implements Clock {
  readonly once = new Set<() => void>();
  readonly repeated = new Set<() => void>();
  after(_milliseconds: number, run: () => void): () => void {
    this.once.add(run);
    return () => this.once.delete(run);
  }
  every(_milliseconds: number, run: () => void): () => void {
    this.repeated.add(run);
    return () => this.repeated.delete(run);
  }
}
