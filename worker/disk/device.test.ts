import { describe, expect, it, vi } from "vitest";
import { BLOCK_BYTES } from "../../contract/manifest";
import type { DrydockError } from "../../contract/errors";
import { pattern, seededRandom } from "../lan/testing/random";
import { settle } from "../testing/settle";
import { DiskDevice } from "./device";
import { MemorySlotStore, type SlotStore } from "./overlay";
import { flipBit } from "./testing/chunk-box";
import { firstDifference } from "./testing/first-difference";
import { makeSampleDisk, type SampleDisk } from "./testing/sample-disk";

const BLOCKS = 64;

interface Bench extends SampleDisk {
  readonly device: DiskDevice;
  /** What the device reported, in order. */
  readonly faults: (DrydockError | undefined)[];
  /** Reads through the device as v86 does; the array is filled when the answer comes. */
  readonly get: (start: number, length: number, signal?: AbortSignal) => Uint8Array[];
  /** True once the device has said that the write is done. */
  readonly set: (start: number, bytes: Uint8Array) => { done: boolean };
  /** From here on every chunk of the source is altered, or none. */
  readonly alterChunks: (altered: boolean) => void;
  /** A block of the disk that is not zeros. */
  readonly block: number;
}

async function bench(options: { slots?: SlotStore } = {}): Promise<Bench> {
  const sample = await makeSampleDisk({
    blocks: BLOCKS,
    distinct: 32,
    blocksPerChunk: 4,
    cachedChunks: 2,
    random: seededRandom(1),
    ...options,
  });
  const faults: (DrydockError | undefined)[] = [];
  const device = new DiskDevice({ disk: sample.disk, onFault: (error) => faults.push(error) });
  let altered = false;
  const read = sample.box.read.bind(sample.box);
  sample.box.read = async (chunk) => (altered ? flipBit(await read(chunk)) : read(chunk));
  return {
    ...sample,
    device,
    faults,
    block: sample.map.findIndex((entry) => entry !== 0),
    alterChunks: (value) => (altered = value),
    get: (start, length, signal) => {
      const answers: Uint8Array[] = [];
      device.get(start, length, (bytes) => answers.push(bytes), signal === undefined ? {} : { signal });
      return answers;
    },
    set: (start, bytes) => {
      const state = { done: false };
      device.set(start, bytes, () => (state.done = true));
      return state;
    },
  };
}

const settled = (device: DiskDevice): Promise<void> => vi.waitFor(() => expect(device.pending).toBe(0));

describe("a device that v86 knows", () => {
  it("has a size, loads at once, and leaves nothing in v86's state", async () => {
    const { device, disk } = await bench();
    expect(device.byteLength).toBe(disk.byteLength);
    const onload = vi.fn();
    device.onload = onload;
    device.load();
    expect(onload).toHaveBeenCalledOnce();
    expect(device.get_state()).toEqual([]);
    device.set_state([1, 2, 3]);
    const onBuffer = vi.fn();
    device.get_buffer(onBuffer);
    expect(onBuffer).toHaveBeenCalledWith(undefined);
  });
});

describe("reads", () => {
  it("are answered at once from memory, later from the source", async () => {
    const { device, content, block, get } = await bench();
    const at = block * BLOCK_BYTES;
    const expected = content.subarray(at, at + BLOCK_BYTES);
    expect(device.get_from_cache(at, BLOCK_BYTES)).toBeUndefined();
    const later = get(at, BLOCK_BYTES);
    expect(later).toEqual([]);
    expect(device.pending).toBe(1);
    await settled(device);
    expect(later).toEqual([expected]);
    const now = get(at, BLOCK_BYTES);
    expect(now).toEqual([expected]);
    expect(device.pending).toBe(0);
    expect(device.get_from_cache(at, BLOCK_BYTES)).toEqual(expected);
    const cached: Uint8Array[] = [];
    device.get_and_cache(at + 512, 1024, (bytes) => cached.push(bytes));
    expect(cached).toEqual([expected.subarray(512, 1536)]);
  });

  it("report nothing when all is well", async () => {
    const { device, faults, get } = await bench();
    get(0, BLOCKS * BLOCK_BYTES);
    await settled(device);
    expect(faults).toEqual([]);
  });

  it("wait when a chunk is bad, say so, and go on after a retry with the right bytes", async () => {
    const { device, content, block, faults, get, alterChunks } = await bench();
    alterChunks(true);
    const at = block * BLOCK_BYTES;
    const answers = get(at, BLOCK_BYTES);
    await vi.waitFor(() => expect(faults).toHaveLength(1));
    expect(faults[0]).toMatchObject({ name: "DrydockError", code: "bad-chunk" });
    expect(faults[0]?.subject).toMatch(/^[0-9a-f]{64}$/);
    await settle();
    expect(answers).toEqual([]);
    expect(device.pending).toBe(1);

    device.retry();
    await vi.waitFor(() => expect(faults).toHaveLength(2));
    expect(faults[1]?.code).toBe("bad-chunk");
    expect(answers).toEqual([]);

    alterChunks(false);
    await settle();
    expect(answers).toEqual([]);
    device.retry();
    await settled(device);
    expect(faults).toHaveLength(3);
    expect(faults[2]).toBeUndefined();
    expect(answers).toHaveLength(1);
    expect(firstDifference(answers[0] ?? new Uint8Array(), content.subarray(at, at + BLOCK_BYTES))).toBe(-1);
    device.retry();
    await settle();
    expect(answers).toHaveLength(1);
    expect(faults).toHaveLength(3);
  });

  it("are over only when the last that failed has succeeded", async () => {
    const { device, faults, get, map, box, manifest, content } = await bench();
    // Blocks of two chunks, of which one heals before the other.
    const chunkOf = (block: number): number => Math.floor(((map[block] ?? 0) - 1) / 4);
    const first = map.findIndex((entry) => entry !== 0);
    const second = map.findIndex((entry, index) => entry !== 0 && chunkOf(index) !== chunkOf(first));
    for (const [block, times] of [
      [first, 1],
      [second, 2],
    ] as const) {
      const chunk = manifest.blocks.chunks[chunkOf(block)];
      if (chunk === undefined) throw new Error("no chunk");
      for (let i = 0; i < times; i++) box.answer(chunk, () => new Uint8Array(3));
    }
    const answers = [first, second].map((block) => get(block * BLOCK_BYTES, BLOCK_BYTES));
    await vi.waitFor(() => expect(faults).toHaveLength(2));
    device.retry();
    await vi.waitFor(() => expect(faults).toHaveLength(3));
    expect(faults.every((fault) => fault?.code === "bad-chunk")).toBe(true);
    expect(device.pending).toBe(1);
    device.retry();
    await settled(device);
    expect(faults.slice(3)).toEqual([undefined]);
    expect(answers).toEqual(
      [first, second].map((block) => [content.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES)]),
    );
  });

  it("that fail while others do well leave those alone", async () => {
    const { faults, block, get, map, alterChunks } = await bench();
    alterChunks(true);
    const held = get(block * BLOCK_BYTES, BLOCK_BYTES);
    await vi.waitFor(() => expect(faults).toHaveLength(1));
    const zeros = get(map.indexOf(0) * BLOCK_BYTES, BLOCK_BYTES);
    expect(zeros).toEqual([new Uint8Array(BLOCK_BYTES)]);
    await settle();
    expect(held).toEqual([]);
    expect(faults).toHaveLength(1);
  });

  it("wait when the overlay cannot be read", async () => {
    const memory = new MemorySlotStore();
    let broken = false;
    const slots: SlotStore = {
      read: (offset, into) => {
        if (broken) throw new Error("the file is gone");
        memory.read(offset, into);
      },
      write: (offset, bytes) => memory.write(offset, bytes),
      clear: () => memory.clear(),
    };
    const { device, faults, get, set } = await bench({ slots });
    set(0, pattern(1, BLOCK_BYTES));
    await settled(device);
    broken = true;
    expect(device.get_from_cache(0, BLOCK_BYTES)).toBeUndefined();
    const answers = get(0, BLOCK_BYTES);
    await vi.waitFor(() => expect(faults).toHaveLength(1));
    expect(faults[0]).toMatchObject({ code: "internal", message: "the file is gone" });
    broken = false;
    device.retry();
    await settled(device);
    expect(answers).toEqual([pattern(1, BLOCK_BYTES)]);
  });

  it("never get a wrong byte from a source that is mostly wrong", async () => {
    const { device, content, faults, get, box } = await bench();
    const random = seededRandom(7);
    const read = box.read.bind(box);
    box.read = async (chunk) => {
      const bytes = await read(chunk);
      const luck = random();
      if (luck < 0.3) return flipBit(bytes, Math.floor(random() * bytes.byteLength));
      if (luck < 0.5) return bytes.slice(0, Math.floor(random() * bytes.byteLength));
      if (luck < 0.6) throw new TypeError("failed to fetch");
      return bytes;
    };
    for (let i = 0; i < 200; i++) {
      const start = Math.floor(random() * BLOCKS * 8) * 512;
      const length = Math.min(BLOCKS * BLOCK_BYTES - start, (1 + Math.floor(random() * 40)) * 512);
      const answers = get(start, length);
      while (device.pending > 0) {
        device.retry();
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(answers).toHaveLength(1);
      expect(firstDifference(answers[0] ?? new Uint8Array(), content.subarray(start, start + length))).toBe(
        -1,
      );
    }
    expect(faults.filter((fault) => fault !== undefined).length).toBeGreaterThan(20);
    expect(faults.at(-1)).toBeUndefined();
  });
});

describe("a read that v86 cancels", () => {
  it("is forgotten, and its answer is never delivered", async () => {
    const { device, block, faults, get } = await bench();
    const abort = new AbortController();
    const answers = get(block * BLOCK_BYTES, BLOCK_BYTES, abort.signal);
    expect(device.pending).toBe(1);
    abort.abort();
    expect(device.pending).toBe(0);
    await settle();
    expect(answers).toEqual([]);
    expect(faults).toEqual([]);
  });

  it("ends its fault, and a retry does not bring it back", async () => {
    const { device, block, faults, get, box, alterChunks } = await bench();
    alterChunks(true);
    const abort = new AbortController();
    const answers = get(block * BLOCK_BYTES, BLOCK_BYTES, abort.signal);
    await vi.waitFor(() => expect(faults).toHaveLength(1));
    abort.abort();
    expect(device.pending).toBe(0);
    expect(faults).toHaveLength(2);
    expect(faults[1]).toBeUndefined();
    const asked = box.asked.length;
    device.retry();
    await settle();
    expect(box.asked).toHaveLength(asked);
    expect(answers).toEqual([]);
  });

  it("does not report a failure that comes after it", async () => {
    const { device, block, faults, get, alterChunks } = await bench();
    alterChunks(true);
    const abort = new AbortController();
    get(block * BLOCK_BYTES, BLOCK_BYTES, abort.signal);
    abort.abort();
    await settle();
    expect(faults).toEqual([]);
    expect(device.pending).toBe(0);
  });
});

describe("writes", () => {
  it("are done when the overlay has them", async () => {
    const { device, disk, get, set } = await bench();
    const bytes = pattern(1, 3 * BLOCK_BYTES);
    const write = set(2 * BLOCK_BYTES, bytes);
    expect(device.pending).toBe(1);
    await settled(device);
    expect(write.done).toBe(true);
    expect(disk.overlay.writtenBlocks).toBe(3);
    expect(get(2 * BLOCK_BYTES, 3 * BLOCK_BYTES)).toEqual([bytes]);
  });

  it("survive v86 using its buffer again", async () => {
    const { device, get, set, content, block, map } = await bench();
    const buffer = pattern(1, BLOCK_BYTES);
    const other = map.indexOf(0) * BLOCK_BYTES;
    set(other, buffer);
    buffer.fill(0xee);
    // A part of a block, whose rest has to be fetched first.
    const part = pattern(5, 512);
    const at = block * BLOCK_BYTES;
    set(at + 512, part);
    part.fill(0xee);
    await settled(device);
    expect(get(other, BLOCK_BYTES)).toEqual([pattern(1, BLOCK_BYTES)]);
    const expected = content.slice(at, at + BLOCK_BYTES);
    expected.set(pattern(5, 512), 512);
    expect(get(at, BLOCK_BYTES)).toEqual([expected]);
  });

  it("wait when the rest of their block cannot be read, and end the fault when they are done", async () => {
    const { device, faults, get, set, content, block, alterChunks } = await bench();
    alterChunks(true);
    const at = block * BLOCK_BYTES;
    const write = set(at, pattern(5, 512));
    await vi.waitFor(() => expect(faults).toHaveLength(1));
    expect(faults[0]?.code).toBe("bad-chunk");
    expect(write.done).toBe(false);
    alterChunks(false);
    device.retry();
    await settled(device);
    expect(write.done).toBe(true);
    expect(faults).toHaveLength(2);
    expect(faults[1]).toBeUndefined();
    const expected = content.slice(at, at + BLOCK_BYTES);
    expected.set(pattern(5, 512));
    expect(get(at, BLOCK_BYTES)).toEqual([expected]);
  });

  it("wait when the overlay is full", async () => {
    const memory = new MemorySlotStore();
    let full = true;
    const slots: SlotStore = {
      read: (offset, into) => memory.read(offset, into),
      write: (offset, bytes) => {
        if (full) throw new Error("no room");
        memory.write(offset, bytes);
      },
      clear: () => memory.clear(),
    };
    const { device, faults, get, set } = await bench({ slots });
    const write = set(0, pattern(1, BLOCK_BYTES));
    await vi.waitFor(() => expect(faults).toHaveLength(1));
    expect(faults[0]).toMatchObject({ code: "internal", message: "no room" });
    expect(write.done).toBe(false);
    full = false;
    device.retry();
    await settled(device);
    expect(write.done).toBe(true);
    expect(faults).toHaveLength(2);
    expect(get(0, BLOCK_BYTES)).toEqual([pattern(1, BLOCK_BYTES)]);
  });
});
