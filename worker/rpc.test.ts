import { MessageChannel, type MessagePort } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { DrydockError } from "../contract/errors";
import type { MachineRpc } from "../contract/protocol";
import { exposeMachine, installErrorTransfer, transfer, wrapMachine } from "./rpc";

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

function connect(methods: Partial<MachineRpc>): { rpc: MachineRpc; page: MessagePort; worker: MessagePort } {
  const { port1: page, port2: worker } = new MessageChannel();
  ports.push(page, worker);
  exposeMachine(methods as MachineRpc, worker);
  page.start();
  return { rpc: wrapMachine(page), page, worker };
}

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("errors over the RPC", () => {
  it("keeps class, code, subject and message of a DrydockError", async () => {
    const { rpc } = connect({
      pause: () => Promise.reject(new DrydockError("bad-chunk", "altered", { subject: "abc" })),
    });
    const error = await failureOf(rpc.pause());
    expect(error).toBeInstanceOf(DrydockError);
    expect(error).toMatchObject({ code: "bad-chunk", message: "altered", subject: "abc" });
  });

  it("names a plain error internal and an abort aborted", async () => {
    const { rpc } = connect({
      pause: () => {
        throw new TypeError("x is not a function");
      },
      resume: () => Promise.reject(new DOMException("stopped", "AbortError")),
    });
    expect(await failureOf(rpc.pause())).toMatchObject({ code: "internal", message: "x is not a function" });
    expect(await failureOf(rpc.resume())).toMatchObject({ code: "aborted", message: "stopped" });
  });

  it("turns an error of unknown shape from the other end into an internal one", async () => {
    const { port1: page, port2: worker } = new MessageChannel();
    ports.push(page, worker);
    worker.on("message", (message: { id: string }) => {
      worker.postMessage({ id: message.id, type: "HANDLER", name: "throw", value: { code: "no-such-code" } });
    });
    page.start();
    const error = await failureOf(wrapMachine(page).pause());
    expect(error).toBeInstanceOf(DrydockError);
    expect(error).toMatchObject({ code: "internal" });
  });

  it("still answers with values, and can be installed twice", async () => {
    installErrorTransfer();
    const { rpc } = connect({ handshake: (version) => Promise.resolve({ version: version + 1 }) });
    const { port1 } = new MessageChannel();
    ports.push(port1);
    expect(await rpc.handshake(1, transfer(port1, [port1]))).toEqual({ version: 2 });
  });

  it("moves transferred bytes instead of copying them", async () => {
    const received: number[] = [];
    const { rpc } = connect({
      consoleInput: (_console, bytes) => {
        received.push(bytes.byteLength);
        return Promise.resolve();
      },
    });
    const bytes = new Uint8Array(1000);
    await rpc.consoleInput(0, transfer(bytes, [bytes.buffer]));
    expect(received).toEqual([1000]);
    expect(bytes.byteLength).toBe(0);
  });
});
