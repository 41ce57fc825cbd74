import { closeSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { BLOCK_BYTES } from "../../contract/manifest";
import { pattern, seededRandom } from "../lan/testing/random";
import { Overlay } from "./overlay";
import { type SlotFile, SpillingSlotStore } from "./spilling-slots";
import { firstDifference } from "./testing/first-difference";

const opened: number[] = [];
afterEach(() => {
  for (const descriptor of opened.splice(0)) closeSync(descriptor);
});

/** A real file that may not grow beyond a quota, and refuses as browsers do: by a short write or by an exception. */
class QuotaFile implements SlotFile {
  readonly #descriptor: number;
  quota = Infinity;
  refusal: "short" | "throw" = "throw";
  /** Nothing can be written at all. */
  readOnly = false;

  constructor() {
    const path = mkdtempSync(join(tmpdir(), "drydock-slots-"));
    this.#descriptor = openSync(join(path, "slots"), "w+");
    rmSync(path, { recursive: true });
    opened.push(this.#descriptor);
  }

  read(into: Uint8Array, { at }: { at: number }): number {
    return readSync(this.#descriptor, into, 0, into.byteLength, at);
  }

  write(bytes: Uint8Array, { at }: { at: number }): number {
    if (this.readOnly) throw new Error("read-only");
    const room = Math.max(0, Math.min(bytes.byteLength, this.quota - at));
    if (room < bytes.byteLength && this.refusal === "throw") throw new Error("QuotaExceededError");
    return writeSync(this.#descriptor, bytes, 0, room, at);
  }

  truncate(bytes: number): void {
    ftruncateSync(this.#descriptor, bytes);
  }
}

function readBack(store: SpillingSlotStore, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length).fill(0xaa);
  store.read(offset, bytes);
  return bytes;
}

describe.each(["short", "throw"] as const)("a file that refuses by a %s write", (refusal) => {
  function bench(quota: number): { file: QuotaFile; store: SpillingSlotStore } {
    const file = new QuotaFile();
    file.quota = quota;
    file.refusal = refusal;
    return { file, store: new SpillingSlotStore(file) };
  }

  it("holds what fits, and memory the rest", () => {
    const { file, store } = bench(10_000);
    store.write(0, pattern(0, 8192));
    store.write(8192, pattern(8192, 8192));
    store.write(16_384, pattern(16_384, 4096));
    expect(firstDifference(readBack(store, 0, 20_480), pattern(0, 20_480))).toBe(-1);
    const inFile = new Uint8Array(8192);
    file.read(inFile, { at: 0 });
    expect(firstDifference(inFile, pattern(0, 8192))).toBe(-1);
  });

  it("keeps what it holds when it is full, and takes changes of that", () => {
    const { store } = bench(12_288);
    store.write(0, pattern(0, 12_288));
    store.write(12_288, pattern(1, 4096));
    store.write(4096, pattern(2, 4096));
    expect(firstDifference(readBack(store, 0, 4096), pattern(0, 4096))).toBe(-1);
    expect(firstDifference(readBack(store, 4096, 4096), pattern(2, 4096))).toBe(-1);
    expect(firstDifference(readBack(store, 8192, 4096), pattern(8192, 4096))).toBe(-1);
    expect(firstDifference(readBack(store, 12_288, 4096), pattern(1, 4096))).toBe(-1);
  });

  it("splits a write that begins in the file and ends behind its last room", () => {
    const { store } = bench(12_288);
    store.write(0, pattern(0, 12_288));
    store.write(4096, pattern(7, 16_384));
    store.write(8192, pattern(9, 8192));
    const expected = new Uint8Array(20_480);
    expected.set(pattern(0, 4096));
    expected.set(pattern(7, 16_384), 4096);
    expected.set(pattern(9, 8192), 8192);
    expect(firstDifference(readBack(store, 0, 20_480), expected)).toBe(-1);
  });

  it("agrees with an array under an overlay's random writes", () => {
    const random = seededRandom(3);
    const { store } = bench(40 * BLOCK_BYTES + 77);
    const overlay = new Overlay(store, 100);
    const model = new Map<number, Uint8Array>();
    for (let i = 0; i < 1500; i++) {
      const first = Math.floor(random() * 100);
      const count = 1 + Math.floor(random() * Math.min(6, 100 - first));
      const bytes = pattern(i * 8191, count * BLOCK_BYTES);
      overlay.write(first, bytes);
      for (let j = 0; j < count; j++) {
        model.set(first + j, bytes.subarray(j * BLOCK_BYTES, (j + 1) * BLOCK_BYTES));
      }
    }
    expect(model.size).toBeGreaterThan(60);
    overlay.forEach((block, bytes) => {
      expect(firstDifference(bytes, model.get(block) ?? new Uint8Array())).toBe(-1);
    });
  });

  it("begins again after clear", () => {
    const { file, store } = bench(4096);
    store.write(0, pattern(0, 8192));
    store.clear();
    file.quota = Infinity;
    store.write(0, pattern(5, 8192));
    const inFile = new Uint8Array(8192);
    expect(file.read(inFile, { at: 0 })).toBe(8192);
    expect(firstDifference(inFile, pattern(5, 8192))).toBe(-1);
    expect(firstDifference(readBack(store, 0, 8192), pattern(5, 8192))).toBe(-1);
  });
});

describe("a file that breaks", () => {
  it("is an error when it does not take a change of what it holds, and keeps the old bytes", () => {
    const file = new QuotaFile();
    const store = new SpillingSlotStore(file);
    store.write(0, pattern(0, 8192));
    file.readOnly = true;
    expect(() => store.write(0, pattern(9, 4096))).toThrow("cannot be written");
    expect(firstDifference(readBack(store, 0, 8192), pattern(0, 8192))).toBe(-1);
    file.readOnly = false;
    store.write(0, pattern(9, 4096));
    expect(firstDifference(readBack(store, 0, 4096), pattern(9, 4096))).toBe(-1);
  });

  it("is an error when it does not give back what it took", () => {
    const file = new QuotaFile();
    const store = new SpillingSlotStore(file);
    store.write(0, pattern(0, 8192));
    file.truncate(5000);
    expect(() => readBack(store, 4096, 4096)).toThrow("lost");
  });
});
