import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { pattern, seededRandom } from "../lan/testing/random";
import { ConsoleOutput } from "./console-output";

const KIB = 1024;
const MIB = KIB * KIB;
const BATCH = 64 * KIB;

interface Bench {
  readonly output: ConsoleOutput;
  readonly batches: Uint8Array[];
  /** "hold" and "release", in order. */
  readonly calls: string[];
}

function bench(): Bench {
  const batches: Uint8Array[] = [];
  const calls: string[] = [];
  const output = new ConsoleOutput({
    emit: (bytes) => batches.push(bytes),
    hold: () => calls.push("hold"),
    release: () => calls.push("release"),
  });
  return { output, batches, calls };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Pushes so many bytes as full batches. */
function pushBatches(output: ConsoleOutput, bytes: number): void {
  for (let sent = 0; sent < bytes; sent += BATCH) output.push(new Uint8Array(BATCH));
}

describe("gathering", () => {
  it("sends what came close together as one batch, a moment later", () => {
    const { output, batches } = bench();
    output.push(pattern(0, 3));
    output.push(pattern(3, 4));
    expect(batches).toEqual([]);
    vi.runAllTimers();
    expect(batches).toEqual([pattern(0, 7)]);
    output.push(pattern(7, 2));
    vi.runAllTimers();
    expect(batches.slice(1)).toEqual([pattern(7, 2)]);
  });

  it("sends 64 KiB at once, and nothing twice afterwards", () => {
    const { output, batches } = bench();
    output.push(new Uint8Array(BATCH - 1));
    expect(batches).toHaveLength(0);
    output.push(new Uint8Array(1));
    expect(batches.map((batch) => batch.byteLength)).toEqual([BATCH]);
    expect(vi.getTimerCount()).toBe(0);
    vi.runAllTimers();
    expect(batches).toHaveLength(1);
  });

  it("sends no empty batch", () => {
    const { output, batches } = bench();
    output.push(new Uint8Array(0));
    expect(vi.getTimerCount()).toBe(0);
    expect(batches).toEqual([]);
  });

  it("gives each batch a buffer of its own, which may be transferred", () => {
    const { output, batches } = bench();
    const bytes = pattern(0, 5);
    output.push(bytes);
    vi.runAllTimers();
    expect(batches[0]?.buffer).not.toBe(bytes.buffer);
    expect(batches[0]?.buffer.byteLength).toBe(5);
  });
});

describe("holding the machine", () => {
  it("begins at 2 MiB that are not drawn and ends at 256 KiB", () => {
    const { output, calls } = bench();
    pushBatches(output, 2 * MIB - BATCH);
    expect(calls).toEqual([]);
    output.push(new Uint8Array(BATCH));
    expect(calls).toEqual(["hold"]);
    output.consumed(2 * MIB - 256 * KIB - 1);
    expect(calls).toEqual(["hold"]);
    output.consumed(1);
    expect(calls).toEqual(["hold", "release"]);
    output.consumed(256 * KIB);
    expect(calls).toEqual(["hold", "release"]);
  });

  it("happens once, though more comes while the machine comes to rest", () => {
    const { output, calls, batches } = bench();
    pushBatches(output, 3 * MIB);
    expect(calls).toEqual(["hold"]);
    expect(batches).toHaveLength(48);
    output.consumed(3 * MIB - 256 * KIB);
    expect(calls).toEqual(["hold", "release"]);
    pushBatches(output, 2 * MIB);
    expect(calls).toEqual(["hold", "release", "hold"]);
  });

  it("does not count what is only gathered", () => {
    const { output, calls } = bench();
    pushBatches(output, 2 * MIB - BATCH);
    output.push(new Uint8Array(BATCH - 1));
    expect(calls).toEqual([]);
    vi.runAllTimers();
    expect(calls).toEqual([]);
    output.push(new Uint8Array(1));
    vi.runAllTimers();
    expect(calls).toEqual(["hold"]);
  });

  it("does not believe a page that has drawn more than there was, or nonsense", () => {
    const { output, calls } = bench();
    output.consumed(100 * MIB);
    pushBatches(output, 2 * MIB);
    expect(calls).toEqual(["hold"]);
    for (const bytes of [NaN, -5 * MIB, Infinity, 0.5 + 2 * MIB]) output.consumed(bytes);
    expect(calls).toEqual(["hold"]);
    output.consumed(2 * MIB);
    expect(calls).toEqual(["hold", "release"]);
  });
});

describe("a long run", () => {
  it("loses nothing and keeps the order, with a page that lags behind", () => {
    const random = seededRandom(5);
    const { output, batches, calls } = bench();
    let pushed = 0;
    let drawn = 0;
    let most = 0;
    while (pushed < 20 * MIB) {
      if (calls.at(-1) === "hold") {
        // The machine stands still; the page draws on.
        const waiting = batches.reduce((sum, bytes) => sum + bytes.byteLength, 0) - drawn;
        most = Math.max(most, waiting);
        output.consumed(Math.min(waiting, 300 * KIB));
        drawn += Math.min(waiting, 300 * KIB);
      } else {
        const length = Math.floor(random() * 100 * KIB);
        output.push(pattern(pushed, length));
        pushed += length;
        if (random() < 0.3) vi.runAllTimers();
      }
    }
    vi.runAllTimers();
    const all = Buffer.concat(batches);
    expect(Buffer.compare(all, pattern(0, pushed))).toBe(0);
    expect(calls.length).toBeGreaterThan(5);
    calls.forEach((call, index) => expect(call).toBe(index % 2 === 0 ? "hold" : "release"));
    // 2 MiB and the batch that went over it.
    expect(most).toBeLessThan(2 * MIB + 2 * 100 * KIB);
  });
});
