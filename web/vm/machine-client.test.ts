import { afterEach, describe, expect, it, vi } from "vitest";
import { DrydockError, type ErrorCode } from "../../worker/errors";
import {
  PROTOCOL_VERSION,
  type MachineEvent,
  type MachineRpc,
  type MachineStatus,
} from "../../worker/protocol";
import { exposeMachine } from "../../worker/rpc";
import { isRunning, MachineClient } from "./machine-client";
import type { Clock, WorkerLike } from "./worker-link";

/** The other end of a real message channel, with the contract served over comlink as in the worker's entry. */
class TestWorker implements WorkerLike {
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
      resume: () => Promise.reject(new DrydockError("bad-request", "not paused")),
      consoleInput: (console, bytes) => {
        this.calls.push(`input ${console} ${new TextDecoder().decode(bytes)}`);
        return Promise.resolve();
      },
      consoleResize: (console, columns, rows) => {
        this.calls.push(`resize ${console} ${columns}x${rows}`);
        return Promise.resolve();
      },
      consoleConsumed: () => Promise.resolve(),
      retryDisk: () => Promise.resolve(),
      figures: silent,
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

class TestClock implements Clock {
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

const open: MachineClient[] = [];
afterEach(() => {
  for (const client of open.splice(0)) client.close();
});

function setUp(workers: TestWorker[] = [new TestWorker()]) {
  const clock = new TestClock();
  const made: TestWorker[] = [];
  let unfit: DrydockError | undefined;
  const client = new MachineClient({
    createWorker: () => {
      const worker = workers[made.length];
      if (worker === undefined) throw new Error("no worker left");
      made.push(worker);
      return worker;
    },
    startOptions: () => ({
      guestUrl: "https://example.test/guest/",
      wasmUrl: "https://example.test/v86.wasm",
    }),
    checkBrowser: () => unfit,
    clock,
  });
  open.push(client);
  const kinds: string[] = [];
  client.subscribe(() => kinds.push(client.getSnapshot().status.kind));
  const setUnfit = (error: DrydockError | undefined): void => {
    unfit = error;
  };
  return { client, clock, made, kinds, setUnfit };
}

const codeOf = (client: MachineClient): ErrorCode | undefined => {
  const { status } = client.getSnapshot();
  return status.kind === "failed" ? status.error.code : undefined;
};

describe("MachineClient", () => {
  it("greets, starts and follows the status", async () => {
    const { client, made, kinds } = setUp();
    await client.start();
    expect(made[0]?.calls).toEqual([`handshake ${PROTOCOL_VERSION}`, "start https://example.test/guest/"]);
    expect(kinds).toEqual(["loading", "loading", "ready"]);
    expect(client.getSnapshot().status).toEqual({ kind: "ready" });
  });

  it("makes no worker in a browser that cannot run it, and tries again when asked", async () => {
    const { client, made, setUnfit } = setUp();
    setUnfit(new DrydockError("no-webassembly", "none", { subject: "WebAssembly" }));
    await client.start();
    expect(codeOf(client)).toBe("no-webassembly");
    expect(made).toEqual([]);
    setUnfit(undefined);
    await client.start();
    expect(client.getSnapshot().status.kind).toBe("ready");
  });

  it("refuses a worker of another version before anything else is called", async () => {
    const worker = new TestWorker();
    worker.version = PROTOCOL_VERSION + 1;
    const { client } = setUp([worker]);
    await client.start();
    expect(codeOf(client)).toBe("version-mismatch");
    expect(worker.calls).toEqual([`handshake ${PROTOCOL_VERSION}`]);
  });

  it("says worker-died when the handshake is not answered", async () => {
    const { client, clock, made } = setUp([new TestWorker(false)]);
    const started = client.start();
    await vi.waitFor(() => expect(clock.once.size).toBe(1));
    for (const run of clock.once) run();
    await started;
    expect(codeOf(client)).toBe("worker-died");
    expect(made[0]?.terminated).toBe(true);
  });

  it("rejects pending calls and says worker-died when the worker crashes; start makes a new worker", async () => {
    const { client, made } = setUp([new TestWorker(), new TestWorker()]);
    await client.start();
    const pause = client.pause().then(
      () => undefined,
      (error: unknown) => error,
    );
    made[0]?.crash();
    expect(await pause).toMatchObject({ code: "worker-died" });
    expect(codeOf(client)).toBe("worker-died");
    expect(made[0]?.terminated).toBe(true);
    await client.start();
    expect(made.length).toBe(2);
    expect(client.getSnapshot().status.kind).toBe("ready");
  });

  it("says worker-died when the worker falls silent", async () => {
    const { client, clock } = setUp();
    await client.start();
    for (let i = 0; i < 100; i += 1) for (const tick of [...clock.repeated]) tick();
    expect(codeOf(client)).toBe("worker-died");
  });

  it("says worker-died when an event makes no sense", async () => {
    const { client, made } = setUp();
    await client.start();
    made[0]?.post({ type: "console", console: 9 });
    await vi.waitFor(() => expect(codeOf(client)).toBe("worker-died"));
  });

  it.each([
    ["network", 1],
    ["bad-chunk", 1],
    ["bad-manifest", 1],
    ["internal", 2],
    ["out-of-memory", 2],
    ["agent", 2],
  ] as const)("after %s it goes on with %i worker(s) in all", async (code, workers) => {
    const first = new TestWorker();
    first.onStart = () => Promise.reject(new DrydockError(code, "it failed", { subject: "thing" }));
    const { client, made } = setUp([first, new TestWorker()]);
    await client.start();
    expect(client.getSnapshot().status).toMatchObject({ kind: "failed", error: { code, subject: "thing" } });
    first.onStart = async () => {
      first.status({ kind: "ready" });
      await first.delivered();
    };
    await client.start();
    expect(client.getSnapshot().status.kind).toBe("ready");
    expect(made.length).toBe(workers);
  });

  it("starts once when asked twice", async () => {
    const { client, made } = setUp();
    await Promise.all([client.start(), client.start()]);
    expect(made[0]?.calls.filter((call) => call.startsWith("start"))).toHaveLength(1);
  });

  it("keeps output for a terminal that comes late, and resets it before the new machine's output", async () => {
    const second = new TestWorker();
    second.onStart = async () => {
      second.output(0, "new");
      second.status({ kind: "ready" });
      await second.delivered();
    };
    const { client, made } = setUp([new TestWorker(), second]);
    await client.start();
    made[0]?.output(0, "early");
    made[0]?.output(1, "other");
    await made[0]?.delivered();
    const seen: string[] = [];
    client.attach({
      onBytes: (console, bytes) => seen.push(`${console} ${new TextDecoder().decode(bytes)}`),
      onReset: () => seen.push("reset"),
    });
    expect(seen).toEqual(["0 early", "1 other"]);
    const left = client.pause().then(
      () => undefined,
      (error: unknown) => error,
    );
    await client.restart();
    expect(await left).toMatchObject({ code: "aborted" });
    expect(made[0]?.terminated).toBe(true);
    made[0]?.output(0, "too late");
    await second.delivered();
    expect(seen).toEqual(["0 early", "1 other", "reset", "0 new"]);
    expect(client.getSnapshot().status.kind).toBe("ready");
  });

  it("passes typing on and shows a refused call's error to its caller alone", async () => {
    const { client, made } = setUp();
    await client.start();
    await client.input(2, new TextEncoder().encode("你好\r"));
    await client.resize(0, 120, 40);
    expect(made[0]?.calls.slice(2)).toEqual(["input 2 你好\r", "resize 0 120x40"]);
    await expect(client.resume()).rejects.toMatchObject({ code: "bad-request" });
    expect(client.getSnapshot().status.kind).toBe("ready");
  });

  it("shows and clears a disk fault, and how much is there for offline use", async () => {
    const { client, made } = setUp();
    await client.start();
    made[0]?.post({
      type: "disk-fault",
      fault: { error: { code: "bad-chunk", message: "x", subject: "c0ffee" } },
    });
    made[0]?.post({ type: "prefetch", bytes: 3, total: 4 });
    await vi.waitFor(() => expect(client.getSnapshot().prefetch).toEqual({ bytes: 3, total: 4 }));
    expect(client.getSnapshot().fault?.error.subject).toBe("c0ffee");
    made[0]?.post({ type: "disk-fault", fault: undefined });
    await vi.waitFor(() => expect(client.getSnapshot().fault).toBeUndefined());
  });

  it("refuses calls before the start", async () => {
    const { client } = setUp();
    await expect(client.pause()).rejects.toMatchObject({ code: "bad-request" });
  });
});

describe("isRunning", () => {
  it("is so for a machine that is held, too", () => {
    expect(isRunning({ kind: "ready" })).toBe(true);
    expect(isRunning({ kind: "paused" })).toBe(true);
    expect(isRunning({ kind: "booting" })).toBe(false);
  });
});
