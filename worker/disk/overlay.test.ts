import { describe, expect, it } from "vitest";
import { BLOCK_BYTES } from "../../contract/manifest";
import { pattern, seededRandom } from "../lan/testing/random";
import { MemorySlotStore, Overlay, type SlotStore } from "./overlay";
import { firstDifference } from "./testing/first-difference";

const MIB = 1024 * 1024;

function block(seed: number): Uint8Array<ArrayBuffer> {
  return pattern(seed * 7919, BLOCK_BYTES);
}

function readBlock(overlay: Overlay, index: number): Uint8Array {
  const bytes = new Uint8Array(BLOCK_BYTES);
  overlay.read(index, bytes);
  return bytes;
}

/** A store that notes its writes and is full after so many bytes. */
class RecordingStore implements SlotStore {
  readonly writes: { offset: number; bytes: number }[] = [];
  readonly #memory = new MemorySlotStore();
  capacity = Infinity;

  read(offset: number, into: Uint8Array): void {
    this.#memory.read(offset, into);
  }

  write(offset: number, bytes: Uint8Array): void {
    if (offset + bytes.byteLength > this.capacity) throw new Error("the store is full");
    this.writes.push({ offset, bytes: bytes.byteLength });
    this.#memory.write(offset, bytes);
  }

  clear(): void {
    this.#memory.clear();
  }
}

describe("MemorySlotStore", () => {
  it("keeps what is written within a slab, across slabs and far away", () => {
    const store = new MemorySlotStore();
    for (const [offset, length] of [
      [0, 1],
      [MIB - 1, 2],
      [MIB * 2 - 5000, 3 * MIB],
      [MIB * 40 + 17, 4096],
    ] as const) {
      store.write(offset, pattern(offset, length));
      const bytes = new Uint8Array(length);
      store.read(offset, bytes);
      expect(firstDifference(bytes, pattern(offset, length))).toBe(-1);
    }
  });

  it("has zeros where nothing was written, and after clear", () => {
    const store = new MemorySlotStore();
    const bytes = pattern(1, 3 * MIB);
    store.write(MIB, Uint8Array.of(1, 2, 3));
    store.read(0, bytes);
    const expected = new Uint8Array(3 * MIB);
    expected.set([1, 2, 3], MIB);
    expect(firstDifference(bytes, expected)).toBe(-1);
    store.clear();
    store.read(0, bytes);
    expect(firstDifference(bytes, new Uint8Array(3 * MIB))).toBe(-1);
  });

  it("agrees with an array under random writes", () => {
    const random = seededRandom(1);
    const size = 5 * MIB;
    const store = new MemorySlotStore();
    const model = new Uint8Array(size);
    for (let i = 0; i < 300; i++) {
      const offset = Math.floor(random() * size);
      const length = Math.floor(random() * Math.min(size - offset, 1.5 * MIB));
      const bytes = pattern(i * 131, length);
      store.write(offset, bytes);
      model.set(bytes, offset);
    }
    const whole = new Uint8Array(size);
    store.read(0, whole);
    expect(firstDifference(whole, model)).toBe(-1);
  });

  it("does not keep the caller's array", () => {
    const store = new MemorySlotStore();
    const bytes = Uint8Array.of(1, 2, 3);
    store.write(0, bytes);
    bytes.fill(9);
    const back = new Uint8Array(3);
    store.read(0, back);
    expect(back).toEqual(Uint8Array.of(1, 2, 3));
  });
});

describe("Overlay", () => {
  it("has nothing at first, and refuses to read it", () => {
    const overlay = new Overlay(new MemorySlotStore(), 10);
    expect(overlay.writtenBlocks).toBe(0);
    for (let index = 0; index < 10; index++) {
      expect(overlay.has(index)).toBe(false);
      expect(() => readBlock(overlay, index)).toThrow(RangeError);
    }
  });

  it("knows block 0 from a block that was never written", () => {
    const overlay = new Overlay(new MemorySlotStore(), 10);
    overlay.write(0, new Uint8Array(BLOCK_BYTES));
    expect(overlay.has(0)).toBe(true);
    expect(readBlock(overlay, 0)).toEqual(new Uint8Array(BLOCK_BYTES));
    expect(overlay.has(1)).toBe(false);
  });

  it("hands slots out in the order of writing and uses them again", () => {
    const store = new RecordingStore();
    const overlay = new Overlay(store, 100);
    overlay.write(50, block(1));
    overlay.write(3, block(2));
    overlay.write(50, block(3));
    expect(store.writes.map(({ offset }) => offset / BLOCK_BYTES)).toEqual([0, 1, 0]);
    expect(overlay.writtenBlocks).toBe(2);
    expect(readBlock(overlay, 50)).toEqual(block(3));
    expect(readBlock(overlay, 3)).toEqual(block(2));
  });

  it("writes new blocks at one go, and old ones by runs of slots", () => {
    const store = new RecordingStore();
    const overlay = new Overlay(store, 100);
    overlay.write(10, pattern(0, 4 * BLOCK_BYTES));
    expect(store.writes.splice(0)).toEqual([{ offset: 0, bytes: 4 * BLOCK_BYTES }]);
    // Blocks 12 and 13 are in slots 2 and 3; 14 and 15 get 4 and 5, right behind: one write for all.
    overlay.write(12, pattern(1, 4 * BLOCK_BYTES));
    expect(store.writes.splice(0)).toEqual([{ offset: 2 * BLOCK_BYTES, bytes: 4 * BLOCK_BYTES }]);
    // 8 and 9 get 6 and 7; 10 to 12 are in slots 0 to 2.
    overlay.write(8, pattern(2, 5 * BLOCK_BYTES));
    expect(store.writes.splice(0)).toEqual([
      { offset: 6 * BLOCK_BYTES, bytes: 2 * BLOCK_BYTES },
      { offset: 0, bytes: 3 * BLOCK_BYTES },
    ]);
  });

  it("agrees with a model under random writes, and visits every block by address", () => {
    const random = seededRandom(2);
    const blocks = 200;
    const overlay = new Overlay(new MemorySlotStore(), blocks);
    const model = new Map<number, number>();
    for (let i = 1; i <= 2000; i++) {
      const first = Math.floor(random() * blocks);
      const count = 1 + Math.floor(random() * Math.min(12, blocks - first));
      const bytes = new Uint8Array(count * BLOCK_BYTES);
      for (let j = 0; j < count; j++) {
        bytes.fill((i + j) % 251, j * BLOCK_BYTES, (j + 1) * BLOCK_BYTES);
        model.set(first + j, (i + j) % 251);
      }
      overlay.write(first, bytes);
      expect(overlay.writtenBlocks).toBe(model.size);
    }
    const visited: number[] = [];
    overlay.forEach((index, bytes) => {
      visited.push(index);
      expect(firstDifference(bytes, new Uint8Array(BLOCK_BYTES).fill(model.get(index) ?? -1))).toBe(-1);
    });
    expect(visited).toEqual([...model.keys()].sort((a, b) => a - b));
  });

  it("goes back to the base", () => {
    const overlay = new Overlay(new MemorySlotStore(), 10);
    overlay.write(1, block(1));
    overlay.write(5, block(2));
    overlay.clear();
    expect(overlay.writtenBlocks).toBe(0);
    expect(overlay.has(1)).toBe(false);
    overlay.write(5, block(3));
    expect(readBlock(overlay, 5)).toEqual(block(3));
    expect(overlay.writtenBlocks).toBe(1);
  });

  it("is as it was before when the store is full", () => {
    const store = new RecordingStore();
    store.capacity = 3 * BLOCK_BYTES;
    const overlay = new Overlay(store, 100);
    overlay.write(0, pattern(0, 3 * BLOCK_BYTES));
    expect(() => overlay.write(10, block(9))).toThrow("full");
    expect(overlay.has(10)).toBe(false);
    expect(overlay.writtenBlocks).toBe(3);
    for (const index of [0, 1, 2]) {
      expect(firstDifference(readBlock(overlay, index), pattern(index * BLOCK_BYTES, BLOCK_BYTES))).toBe(-1);
    }
    // What has a slot can still be written, and when there is room again so can the rest.
    overlay.write(1, block(4));
    store.capacity = Infinity;
    overlay.write(10, block(9));
    expect(readBlock(overlay, 1)).toEqual(block(4));
    expect(readBlock(overlay, 10)).toEqual(block(9));
    expect(readBlock(overlay, 2)).toEqual(pattern(2 * BLOCK_BYTES, BLOCK_BYTES));
  });

  it("keeps what the store took of a write that did not fit whole, and nothing of the rest", () => {
    const store = new RecordingStore();
    const overlay = new Overlay(store, 100);
    overlay.write(11, block(1));
    store.capacity = 2 * BLOCK_BYTES;
    // 10 gets slot 1; 11 is in slot 0; 12 to 13 have no room.
    const bytes = new Uint8Array(4 * BLOCK_BYTES);
    [5, 6, 7, 8].forEach((seed, index) => bytes.set(block(seed), index * BLOCK_BYTES));
    expect(() => overlay.write(10, bytes)).toThrow("full");
    expect([10, 11, 12, 13].map((index) => overlay.has(index))).toEqual([true, true, false, false]);
    expect(readBlock(overlay, 10)).toEqual(block(5));
    expect(readBlock(overlay, 11)).toEqual(block(6));
    expect(overlay.writtenBlocks).toBe(2);
    store.capacity = Infinity;
    overlay.write(10, bytes);
    [5, 6, 7, 8].forEach((seed, index) => expect(readBlock(overlay, 10 + index)).toEqual(block(seed)));
    expect(overlay.writtenBlocks).toBe(4);
  });
});

describe("what is frozen", () => {
  it("stays as it was, whatever is written afterwards, until it is released", () => {
    const overlay = new Overlay(new MemorySlotStore(), 16);
    overlay.write(2, block(1));
    const first = overlay.freeze();
    overlay.write(2, block(2));
    overlay.write(3, block(3));
    const bytes = new Uint8Array(BLOCK_BYTES);
    first.read(2, bytes);
    expect(bytes).toEqual(block(1));
    expect(first.has(3)).toBe(false);
    expect(() => first.read(3, bytes)).toThrow(RangeError);
    expect(readBlock(overlay, 2)).toEqual(block(2));
    expect(overlay.writtenBlocks).toBe(2);
  });

  it("says what is not as in an earlier one, written where it was or not", () => {
    const overlay = new Overlay(new MemorySlotStore(), 16);
    overlay.write(1, block(1));
    overlay.write(5, block(5));
    const first = overlay.freeze();
    expect(first.changedSince(undefined)).toEqual([1, 5]);
    overlay.write(5, block(6));
    overlay.write(5, block(7));
    overlay.write(9, block(9));
    const second = overlay.freeze();
    expect(second.changedSince(first)).toEqual([5, 9]);
    expect(second.changedSince(second)).toEqual([]);
  });

  it("takes room only as long as it is needed", () => {
    const store = new RecordingStore();
    const overlay = new Overlay(store, 64);
    overlay.write(0, pattern(0, 8 * BLOCK_BYTES));
    for (let round = 0; round < 20; round++) {
      const view = overlay.freeze();
      overlay.write(0, pattern(round, 8 * BLOCK_BYTES));
      view.release();
      view.release();
    }
    const end = Math.max(...store.writes.map(({ offset, bytes }) => offset + bytes));
    expect(end).toBe(16 * BLOCK_BYTES);
  });

  it("keeps every view right through random writes and releases", () => {
    const random = seededRandom(11);
    const overlay = new Overlay(new MemorySlotStore(), 32);
    const now = new Map<number, number>();
    const views: { view: ReturnType<Overlay["freeze"]>; then: Map<number, number> }[] = [];
    for (let step = 0; step < 3000; step++) {
      const dice = random();
      if (dice < 0.05) views.push({ view: overlay.freeze(), then: new Map(now) });
      else if (dice < 0.09) views.splice(Math.floor(random() * views.length), 1)[0]?.view.release();
      else {
        const first = Math.floor(random() * 30);
        overlay.write(first, Buffer.concat([block(step), block(step + 1)]));
        now.set(first, step).set(first + 1, step + 1);
      }
    }
    const bytes = new Uint8Array(BLOCK_BYTES);
    for (const { view, then } of views) {
      for (let index = 0; index < 32; index++) {
        const seed = then.get(index);
        expect(view.has(index)).toBe(seed !== undefined);
        if (seed === undefined) continue;
        view.read(index, bytes);
        expect(firstDifference(bytes, block(seed))).toBe(-1);
      }
    }
    for (const [index, seed] of now) expect(firstDifference(readBlock(overlay, index), block(seed))).toBe(-1);
  });

  it("is not touched by a write that the store does not take", () => {
    const store = new RecordingStore();
    const overlay = new Overlay(store, 8);
    overlay.write(0, block(1));
    const view = overlay.freeze();
    store.capacity = BLOCK_BYTES;
    expect(() => overlay.write(0, block(2))).toThrow("full");
    expect(readBlock(overlay, 0)).toEqual(block(1));
    store.capacity = Infinity;
    overlay.write(0, block(2));
    const bytes = new Uint8Array(BLOCK_BYTES);
    view.read(0, bytes);
    expect(bytes).toEqual(block(1));
  });
});
