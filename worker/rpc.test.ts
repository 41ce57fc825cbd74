import { MessageChannel, type MessagePort } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { DrydockError } from "../contract/errors";
import type { MachineFigures, MachineRpc, MachineService, Remote } from "../contract/protocol";
import { exposeMachine, installTransfers, wrapMachine } from "./rpc";

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

type Service = { [Name in keyof MachineService]?: Partial<MachineService[Name]> };

function connect(machine: Service): Remote<MachineRpc> {
  const { port1: page, port2: worker } = new MessageChannel();
  ports.push(page, worker);
  const handshake = (version: number): Promise<{ version: number }> =>
    Promise.resolve({ version: version + 1 });
  exposeMachine({ handshake, machine: machine as MachineService }, worker);
  page.start();
  return wrapMachine(page);
}

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Calls whatever there is at the end of `path`. */
function callPath(rpc: Remote<MachineRpc>, path: readonly string[]): Promise<unknown> {
  const parent = path.slice(0, -1).reduce<object>((on, name) => Reflect.get(on, name) as object, rpc);
  const method = Reflect.get(parent, path.at(-1) ?? "") as () => Promise<unknown>;
  return method();
}

const FIGURES: MachineFigures = {
  fetchedBytes: 0,
  cachedBytes: 0,
  readyAfterMs: undefined,
  instructions: 0,
  wasmMemoryBytes: 0,
};

describe("errors over the RPC", () => {
  it("keeps class, code, subject and message of a DrydockError", async () => {
    const { machine } = connect({
      pause: () => Promise.reject(new DrydockError("bad-chunk", "altered", { subject: "abc" })),
    });
    const error = await failureOf(machine.pause());
    expect(error).toBeInstanceOf(DrydockError);
    expect(error).toMatchObject({ code: "bad-chunk", message: "altered", subject: "abc" });
  });

  it("names a plain error internal and an abort aborted", async () => {
    const { machine } = connect({
      pause: () => {
        throw new TypeError("x is not a function");
      },
      resume: () => Promise.reject(new DOMException("stopped", "AbortError")),
    });
    expect(await failureOf(machine.pause())).toMatchObject({
      code: "internal",
      message: "x is not a function",
    });
    expect(await failureOf(machine.resume())).toMatchObject({ code: "aborted", message: "stopped" });
  });

  it("turns an error of unknown shape from the other end into an internal one", async () => {
    const { port1: page, port2: worker } = new MessageChannel();
    ports.push(page, worker);
    worker.on("message", (message: { id: string }) => {
      worker.postMessage({ id: message.id, type: "HANDLER", name: "throw", value: { code: "no-such-code" } });
    });
    page.start();
    const error = await failureOf(wrapMachine(page).machine.pause());
    expect(error).toBeInstanceOf(DrydockError);
    expect(error).toMatchObject({ code: "internal" });
  });

  it("keeps a method's error in a group, and that of a group that is not there yet", async () => {
    const { machine } = connect({
      consoles: {
        resize: () => {
          throw new DrydockError("bad-request", "no size");
        },
      },
      get lesson(): Partial<MachineService["lesson"]> {
        throw new DrydockError("bad-request", "not ready");
      },
    });
    expect(await failureOf(machine.consoles.resize(0, 0, 0))).toMatchObject({ message: "no size" });
    expect(await failureOf(machine.lesson.checkNow())).toMatchObject({
      code: "bad-request",
      message: "not ready",
    });
  });
});

describe("what is exposed", () => {
  class Counter {
    #count = 0;
    closed = false;
    pause(): Promise<void> {
      this.#count += 1;
      return Promise.resolve();
    }
    figures(): MachineFigures {
      return { ...FIGURES, instructions: this.#count };
    }
    get registry(): MachineService["registry"] {
      return { dropPushedImages: () => this.pause() };
    }
  }

  it("is an object as it is, with its groups", async () => {
    const { machine } = connect(new Counter());
    await machine.pause();
    await machine.registry.dropPushedImages();
    expect(await machine.figures()).toMatchObject({ instructions: 2 });
  });

  it.each([
    ["a method", ["machine", "explode"], "machine.explode"],
    ["a group", ["machine", "cellar", "open"], "machine.cellar"],
    ["a method of no group", ["explode"], "explode"],
    ["a field", ["machine", "closed"], "machine.closed"],
    ["what every object has", ["machine", "constructor"], "machine.constructor"],
    ["its prototype", ["machine", "__proto__", "pause"], "machine.__proto__"],
  ])("is not %s that it lacks", async (_, path, name) => {
    const error = await failureOf(callPath(connect(new Counter()), path));
    expect(error).toBeInstanceOf(DrydockError);
    expect(error).toMatchObject({ code: "bad-request", message: `the worker has no ${name}` });
  });

  it.each([
    ["a value that is asked for", { type: "GET", path: ["machine", "closed"] }, "bad-request"],
    ["a group that is asked for", { type: "GET", path: ["machine"] }, "bad-request"],
    [
      "a value that is set",
      { type: "SET", path: ["machine", "pause"], value: { type: "RAW", value: 1 } },
      "internal",
    ],
    ["a path that is not one", { type: "APPLY", path: 7, argumentList: [] }, "internal"],
  ])("refuses %s, and works on", async (_, message, code) => {
    const { port1: page, port2: worker } = new MessageChannel();
    ports.push(page, worker);
    const machine = new Counter() as unknown as MachineService;
    exposeMachine({ handshake: () => Promise.reject(new Error("no")), machine }, worker);
    const answer = new Promise<unknown>((resolve) => page.once("message", resolve));
    for (const noise of [null, "pause", 7, {}, { type: "REBOOT" }]) page.postMessage(noise);
    page.postMessage({ id: "1", ...message });
    expect(await answer).toMatchObject({ id: "1", name: "throw", value: { code } });
    await wrapMachine(page).machine.pause();
    expect(await wrapMachine(page).machine.figures()).toMatchObject({ instructions: 1 });
  });
});

describe("what crosses", () => {
  it("is an answer, and a port that is given away; installing it twice changes nothing", async () => {
    installTransfers();
    const rpc = connect({});
    const { port1, port2 } = new MessageChannel();
    ports.push(port2);
    expect(await rpc.handshake(1, port1)).toEqual({ version: 2 });
    expect(() => structuredClone(port1, { transfer: [port1] })).toThrow();
  });

  it("is moved bytes, not copied ones", async () => {
    const received: number[] = [];
    const { machine } = connect({
      consoles: {
        input: (_console, bytes) => {
          received.push(bytes.byteLength);
          return Promise.resolve();
        },
      },
    });
    const bytes = new Uint8Array(1000);
    await machine.consoles.input(0, bytes);
    expect(received).toEqual([1000]);
    expect(bytes.byteLength).toBe(0);
  });

  it("is a copy of bytes that other threads share", async () => {
    const { machine } = connect({ consoles: { input: () => Promise.resolve() } });
    const bytes = new Uint8Array(new SharedArrayBuffer(10));
    await machine.consoles.input(0, bytes as unknown as Uint8Array<ArrayBuffer>);
    expect(bytes.byteLength).toBe(10);
  });
});
