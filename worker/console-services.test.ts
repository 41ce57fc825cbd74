/** The consoles' service at a machine that only remembers; at the real one in worker/node/session.guest.test.ts. */
import { describe, expect, it } from "vitest";
import { DrydockError } from "../contract/errors";
import type { ConsoleId } from "../contract/protocol";
import { ConsoleServices, type ConsoleMachine } from "./console-services";

function open(screens: readonly string[] = []) {
  const done: string[] = [];
  const write: ((bytes: Uint8Array<ArrayBuffer>) => void)[] = [];
  const heard: string[] = [];
  const machine: ConsoleMachine = {
    console: (id) => {
      if (![0, 1, 2].includes(id)) throw new DrydockError("bad-request", `there is no console ${String(id)}`);
      return {
        onBytes: (listener) => {
          write[id] = listener;
        },
        write: (bytes) => {
          done.push(`type ${id} ${new TextDecoder().decode(bytes)}`);
          return Promise.resolve();
        },
        resize: (columns, rows) => done.push(`resize ${id} ${columns}x${rows}`),
      };
    },
    hold: (holder) => {
      done.push(`hold ${holder}`);
      return Promise.resolve();
    },
    release: (holder) => {
      done.push(`release ${holder}`);
      return Promise.resolve();
    },
  };
  const consoles = new ConsoleServices(
    machine,
    screens.map((screen) => new TextEncoder().encode(screen)),
    {
      onWrite: (id, bytes) => heard.push(`write ${id} ${bytes.length}`),
      onBatch: (id, bytes) => heard.push(`batch ${id} ${new TextDecoder().decode(bytes.subarray(0, 9))}`),
    },
  );
  return { consoles, done, heard, write };
}

describe("the consoles", () => {
  it("show the snapshot's screens, and then what the guest writes", async () => {
    const { heard, write } = open(["login: ", "", "$ "]);
    write[0]?.(new TextEncoder().encode("root"));
    expect(heard).toEqual(["write 0 4"]);
    await expect.poll(() => heard.slice(1)).toEqual(["batch 0 login: ro", "batch 2 $ "]);
  });

  it("send on what has been gathered when they are told to", () => {
    const { consoles, heard, write } = open();
    write[1]?.(new TextEncoder().encode("late"));
    consoles.flush();
    consoles.flush();
    expect(heard).toEqual(["write 1 4", "batch 1 late"]);
  });

  it("take typing and sizes", async () => {
    const { consoles, done } = open();
    await consoles.input(1, new TextEncoder().encode("ls"));
    consoles.resize(2, 80, 24);
    expect(done).toEqual(["type 1 ls", "resize 2 80x24"]);
  });

  it("hold the machine until what it has written is drawn", () => {
    const { consoles, done, write } = open();
    const bytes = 3 * 1024 * 1024;
    write[1]?.(new Uint8Array(bytes));
    expect(done).toEqual(["hold console 1"]);
    consoles.consumed(0, bytes);
    consoles.consumed(7 as ConsoleId, bytes);
    consoles.consumed(1, NaN);
    expect(done).toEqual(["hold console 1"]);
    consoles.consumed(1, bytes);
    expect(done).toEqual(["hold console 1", "release console 1"]);
  });

  it("are three", async () => {
    const { consoles } = open();
    const refusal = { name: "DrydockError", code: "bad-request" };
    await expect(consoles.input(3 as ConsoleId, Uint8Array.of(1))).rejects.toMatchObject(refusal);
    expect(() => consoles.resize(3 as ConsoleId, 80, 24)).toThrow(expect.objectContaining(refusal));
  });
});

describe("what a console takes", () => {
  it.each([
    ["text", "ls"],
    ["an array", [1, 2]],
    ["a buffer", new ArrayBuffer(3)],
    ["nothing", undefined],
    ["more than 1 MiB", new Uint8Array(1024 * 1024 + 1)],
  ])("is not %s", async (_, bytes) => {
    const { consoles } = open();
    await expect(consoles.input(0, bytes as Uint8Array)).rejects.toMatchObject({
      code: "bad-request",
      message: expect.stringContaining("Uint8Array") as unknown,
    });
  });

  it.each([
    [0, 24],
    [80, 0],
    [-1, 24],
    [80.5, 24],
    [80, NaN],
    [1001, 24],
    [80, Infinity],
  ])("is not a size of %d by %d", (columns, rows) => {
    const { consoles } = open();
    expect(() => consoles.resize(0, columns, rows)).toThrow(
      expect.objectContaining({
        code: "bad-request",
        message: expect.stringContaining("columns") as unknown,
      }),
    );
  });
});
