/** For tests: a worker and a clock that do what they are told. */
import { DrydockError } from "../../../contract/errors";
import type { GuestAnswer } from "../../../contract/guest-request";
import {
  PROTOCOL_VERSION,
  type MachineEvent,
  type MachineRpc,
  type MachineService,
  type MachineStatus,
  type StartOptions,
} from "../../../contract/protocol";
import { exposeMachine } from "../../../worker/rpc";
import type { Clock, WorkerLike } from "../worker-link";

/** The other end of a real message channel, with the contract served over comlink as in the worker's entry. */
export class TestWorker implements WorkerLike {
  readonly #channel = new MessageChannel();
  readonly #failures = new EventTarget();
  #events: MessagePort | undefined;
  readonly calls: string[] = [];
  /** Which machines were started. */
  readonly sessions: StartOptions["session"][] = [];
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
    const log = (call: string): void => void this.calls.push(call);
    const machine: MachineService = {
      start: async (options) => {
        this.sessions.push(options.session);
        log(`start ${options.guestUrl}`);
        await this.onStart();
      },
      pause: silent,
      resume: () => Promise.reject(new DrydockError("bad-request", "not paused")),
      setRelay: (url) => log(`relay ${url ?? "off"}`),
      retryDisk: () => {
        throw new DrydockError("bad-chunk", "altered", { subject: "c0ffee" });
      },
      figures: () => {
        throw new RangeError("figures are out");
      },
      consoles: {
        input: async (console, bytes) => {
          if (console === 1) await silent();
          log(`input ${console} ${new TextDecoder().decode(bytes)}`);
        },
        resize: (console, columns, rows) => {
          if (columns === 0) throw new RangeError("no columns");
          log(`resize ${console} ${columns}x${rows}`);
        },
        consumed: () => undefined,
      },
      guest: {
        request: (request, answer) => {
          log(`request ${request.url}`);
          answer.postMessage({ type: "failed", failure: "refused", message: "nobody" } satisfies GuestAnswer);
        },
        setCookie: (url, cookie) => log(`cookie ${url} ${cookie}`),
      },
      lesson: {
        watchStep: (request) => log(`watch ${request?.step ?? "nothing"}`),
        checkNow: () => log("check"),
        perform: (action) => {
          log(`perform ${action.type}`);
          return Promise.resolve({ status: 0, output: action.type });
        },
      },
      registry: {
        dropPushedImages: () => {
          log("drop images");
          return Promise.resolve();
        },
      },
      sessions: {
        list: () => Promise.resolve([]),
        save: silent,
        pagePart: (saveId) => log(`page part ${saveId}`),
        saveAs: silent,
        rename: silent,
        drop: silent,
        export: silent,
        import: silent,
        room: silent,
        points: () => Promise.resolve([]),
        goBack: silent,
        dropPoints: silent,
      },
    };
    const rpc: MachineRpc = {
      handshake: (version, events) => {
        log(`handshake ${version}`);
        this.#events = events;
        return answersHandshake ? Promise.resolve({ version: this.version }) : silent();
      },
      machine,
    };
    exposeMachine(rpc, this.#channel.port2);
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
