import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DrydockError } from "../../contract/errors";
import { pattern, seededRandom } from "../lan/testing/random";
import { type ConsoleHardware, ConsolePort } from "./console-port";

const PORT = 2;
const KIB = 1024;
const MIB = KIB * KIB;

/** The guest's side of a virtio console: it takes a piece for each buffer that it has. */
class Hardware implements ConsoleHardware {
  /** Pieces that the guest can still take. */
  buffers = 0;
  readonly pieces: Uint8Array[] = [];
  readonly sizes: [port: number, columns: number, rows: number][] = [];
  readonly listeners: ((bytes: Uint8Array<ArrayBuffer>) => void)[] = [];

  canTakeConsoleInput(port: number): boolean {
    expect(port).toBe(PORT);
    return this.buffers > 0;
  }

  sendConsoleInput(port: number, bytes: Uint8Array): void {
    expect(port).toBe(PORT);
    // v86 would drop it.
    expect(this.buffers).toBeGreaterThan(0);
    this.buffers--;
    this.pieces.push(bytes.slice());
  }

  onConsoleOutput(port: number, listener: (bytes: Uint8Array<ArrayBuffer>) => void): void {
    expect(port).toBe(PORT);
    this.listeners.push(listener);
  }

  resizeConsole(port: number, columns: number, rows: number): void {
    this.sizes.push([port, columns, rows]);
  }

  get typed(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.pieces));
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function bench(buffers = Infinity): { hardware: Hardware; port: ConsolePort } {
  const hardware = new Hardware();
  hardware.buffers = buffers;
  return { hardware, port: new ConsolePort(hardware, PORT) };
}

/** Whether a promise is settled by now. */
async function stateOf(promise: Promise<void>): Promise<"resolved" | "rejected" | "pending"> {
  let state: "resolved" | "rejected" | "pending" = "pending";
  promise.then(
    () => (state = "resolved"),
    () => (state = "rejected"),
  );
  await vi.advanceTimersByTimeAsync(0);
  return state;
}

describe("console input", () => {
  it("goes out at once when the guest can take it", async () => {
    const { hardware, port } = bench();
    const written = port.write(pattern(0, 10));
    expect(hardware.pieces).toEqual([pattern(0, 10)]);
    await written;
  });

  it("goes in pieces of at most 1 KiB", async () => {
    const { hardware, port } = bench();
    await port.write(pattern(0, 2 * KIB + 1));
    expect(hardware.pieces.map((piece) => piece.byteLength)).toEqual([KIB, KIB, 1]);
    expect(hardware.typed).toEqual(pattern(0, 2 * KIB + 1));
  });

  it("waits for a guest that has no buffer, and is over when the last byte is taken", async () => {
    const { hardware, port } = bench(0);
    const written = port.write(pattern(0, 3 * KIB));
    await vi.advanceTimersByTimeAsync(1000);
    expect(hardware.pieces).toEqual([]);
    for (const taken of [1, 2]) {
      hardware.buffers = 1;
      await vi.advanceTimersByTimeAsync(100);
      expect(hardware.pieces).toHaveLength(taken);
      expect(await stateOf(written)).toBe("pending");
    }
    hardware.buffers = 1;
    await vi.advanceTimersByTimeAsync(100);
    expect(await stateOf(written)).toBe("resolved");
    expect(hardware.typed).toEqual(pattern(0, 3 * KIB));
    expect(vi.getTimerCount()).toBe(0);
  });

  it("keeps the order of the calls, whatever the guest's pace", async () => {
    const random = seededRandom(3);
    const { hardware, port } = bench(0);
    const expected: Uint8Array[] = [];
    const order: number[] = [];
    for (let call = 0; call < 60; call++) {
      const bytes = pattern(call * 5000, 1 + Math.floor(random() * 5000));
      expected.push(bytes);
      void port.write(bytes).then(() => order.push(call));
      hardware.buffers += Math.floor(random() * 3);
      if (random() < 0.5) await vi.advanceTimersByTimeAsync(3);
    }
    hardware.buffers = Infinity;
    await vi.advanceTimersByTimeAsync(100);
    expect(Buffer.compare(hardware.typed, Buffer.concat(expected))).toBe(0);
    expect(order).toEqual([...Array(60).keys()]);
    expect(Math.max(...hardware.pieces.map((piece) => piece.byteLength))).toBe(KIB);
  });

  it("may be nothing", async () => {
    const { hardware, port } = bench(0);
    await port.write(new Uint8Array(0));
    expect(hardware.pieces).toEqual([]);
  });

  it("is refused when 8 MiB wait already, and what waits is still typed", async () => {
    const { hardware, port } = bench(0);
    const first = port.write(pattern(0, 8 * MIB));
    await expect(port.write(Uint8Array.of(1))).rejects.toMatchObject({ code: "bad-request" });
    hardware.buffers = 1;
    await vi.advanceTimersByTimeAsync(10);
    // A KiB has gone, so there is room for one.
    const second = port.write(pattern(1, KIB));
    await expect(port.write(Uint8Array.of(1))).rejects.toMatchObject({ code: "bad-request" });
    hardware.buffers = Infinity;
    await vi.advanceTimersByTimeAsync(10);
    await Promise.all([first, second]);
    expect(hardware.typed.byteLength).toBe(8 * MIB + KIB);
    await port.write(pattern(0, 8 * MIB));
  });
});

describe("closing", () => {
  it("rejects what waits with the reason, and every later call", async () => {
    const { hardware, port } = bench(1);
    const reason = new DrydockError("aborted", "the machine was ended");
    const written = [port.write(pattern(0, 2 * KIB)), port.write(pattern(1, 10))];
    const outcomes = Promise.allSettled(written);
    port.close(reason);
    for (const outcome of await outcomes) expect(outcome).toEqual({ status: "rejected", reason });
    await expect(port.write(Uint8Array.of(1))).rejects.toBe(reason);
    await expect(port.write(new Uint8Array(0))).rejects.toBe(reason);
    hardware.buffers = Infinity;
    await vi.advanceTimersByTimeAsync(1000);
    expect(hardware.pieces).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not undo what was typed", async () => {
    const { port } = bench();
    const written = port.write(pattern(0, 10));
    port.close(new DrydockError("aborted", "ended"));
    expect(await stateOf(written)).toBe("resolved");
  });
});

describe("the rest of a console", () => {
  it("passes output and sizes on", () => {
    const { hardware, port } = bench();
    const heard: Uint8Array[] = [];
    port.onBytes((bytes) => heard.push(bytes));
    hardware.listeners[0]?.(pattern(0, 5));
    expect(heard).toEqual([pattern(0, 5)]);
    port.resize(132, 43);
    expect(hardware.sizes).toEqual([[PORT, 132, 43]]);
  });
});
