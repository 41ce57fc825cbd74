import { describe, expect, it } from "vitest";
import { BLOCK_BYTES } from "../../contract/manifest";
import { pattern, seededRandom } from "../lan/testing/random";
import { MemorySlotStore, type SlotStore } from "./overlay";
import { firstDifference } from "./testing/first-difference";
import { makeSampleDisk, type SampleDisk } from "./testing/sample-disk";

const SECTOR = 512;
const BLOCKS = 300;

function sample(
  seed: number,
  options: { cachedChunks?: number; slots?: SlotStore } = {},
): Promise<SampleDisk> {
  return makeSampleDisk({
    blocks: BLOCKS,
    distinct: 120,
    blocksPerChunk: 8,
    cachedChunks: 4,
    random: seededRandom(seed),
    ...options,
  });
}

/** A random range of whole sectors: most are short, some span many blocks. */
function randomRange(random: () => number, bytes: number): { offset: number; length: number } {
  const sectors = bytes / SECTOR;
  const most = random() < 0.2 ? 200 : 20;
  const first = Math.floor(random() * sectors);
  const count = 1 + Math.floor(random() * Math.min(most, sectors - first));
  const aligned = random() < 0.3;
  const grain = aligned ? BLOCK_BYTES / SECTOR : 1;
  const offset = Math.floor(first / grain) * grain * SECTOR;
  const length = Math.min(bytes - offset, Math.ceil(count / grain) * grain * SECTOR);
  return { offset, length };
}

describe("ChunkedBase", () => {
  it("is as long as its map", async () => {
    const { base } = await sample(1);
    expect(base.byteLength).toBe(BLOCKS * BLOCK_BYTES);
  });

  it("peeks only what is in memory, and reads the rest", async () => {
    const { base, box, content, map } = await sample(2, { cachedChunks: 100 });
    const zero = map.indexOf(0);
    const block = new Uint8Array(BLOCK_BYTES).fill(9);
    expect(base.peekBlocks(zero, block)).toBe(true);
    expect(block).toEqual(new Uint8Array(BLOCK_BYTES));
    const whole = new Uint8Array(content.byteLength);
    expect(base.peekBlocks(0, whole)).toBe(false);
    expect(box.asked).toEqual([]);
    await base.readBlocks(0, whole);
    expect(firstDifference(whole, content)).toBe(-1);
    whole.fill(7);
    expect(base.peekBlocks(0, whole)).toBe(true);
    expect(firstDifference(whole, content)).toBe(-1);
  });

  it("asks for every chunk once, however its blocks lie", async () => {
    const { base, box, manifest } = await sample(3, { cachedChunks: 2 });
    await base.readBlocks(0, new Uint8Array(base.byteLength));
    expect(box.asked).toHaveLength(new Set(box.asked).size);
    expect(box.asked.length).toBeLessThanOrEqual(manifest.blocks.chunks.length);
  });
});

describe("Disk", () => {
  it("agrees with an array under thousands of random reads and writes", async () => {
    const random = seededRandom(4);
    const { disk, content: model } = await sample(4);
    const peeked = { hits: 0, misses: 0 };
    for (let i = 0; i < 4000; i++) {
      const { offset, length } = randomRange(random, disk.byteLength);
      if (random() < 0.4) {
        const bytes = pattern(i * 8191, length);
        await disk.write(offset, bytes);
        model.set(bytes, offset);
      } else {
        const expected = model.subarray(offset, offset + length);
        const peek = disk.peek(offset, length);
        if (peek === undefined) peeked.misses++;
        else {
          peeked.hits++;
          expect(firstDifference(peek, expected)).toBe(-1);
        }
        expect(firstDifference(await disk.read(offset, length), expected)).toBe(-1);
      }
    }
    // Both ways were taken.
    expect(peeked.hits).toBeGreaterThan(100);
    expect(peeked.misses).toBeGreaterThan(100);
    const whole = await disk.read(0, disk.byteLength);
    expect(firstDifference(whole, model)).toBe(-1);
  });

  it("agrees with an array when accesses of different sectors are under way together", async () => {
    const random = seededRandom(5);
    const { disk, content: model } = await sample(5, { cachedChunks: 2 });
    for (let round = 0; round < 300; round++) {
      const first = Math.floor(random() * (BLOCKS - 4)) * BLOCK_BYTES;
      const writes: Promise<void>[] = [];
      const reads: Promise<void>[] = [];
      for (let sector = 0; sector < 32; sector++) {
        const offset = first + sector * SECTOR;
        if (random() < 0.5) {
          const bytes = pattern(round * 37 + sector, SECTOR);
          writes.push(disk.write(offset, bytes));
          model.set(bytes, offset);
        } else {
          const expected = model.slice(offset, offset + SECTOR);
          reads.push(
            disk.read(offset, SECTOR).then((bytes) => expect(firstDifference(bytes, expected)).toBe(-1)),
          );
        }
      }
      await Promise.all([...writes, ...reads]);
      const bytes = await disk.read(first, 4 * BLOCK_BYTES);
      expect(firstDifference(bytes, model.subarray(first, first + 4 * BLOCK_BYTES))).toBe(-1);
    }
  });

  it("gives arrays that are the caller's to change", async () => {
    const { disk, content } = await sample(6);
    (await disk.read(0, BLOCK_BYTES)).fill(1);
    disk.peek(0, BLOCK_BYTES)?.fill(2);
    await disk.write(BLOCK_BYTES, pattern(0, BLOCK_BYTES));
    disk.peek(BLOCK_BYTES, BLOCK_BYTES)?.fill(3);
    expect(firstDifference(await disk.read(0, BLOCK_BYTES), content.subarray(0, BLOCK_BYTES))).toBe(-1);
    expect(firstDifference(await disk.read(BLOCK_BYTES, BLOCK_BYTES), pattern(0, BLOCK_BYTES))).toBe(-1);
  });

  it("reads and writes its last sector and nothing behind it", async () => {
    const { disk } = await sample(7);
    const last = disk.byteLength - SECTOR;
    await disk.write(last, pattern(1, SECTOR));
    expect(await disk.read(last, SECTOR)).toEqual(pattern(1, SECTOR));
    expect(await disk.read(disk.byteLength, 0)).toEqual(new Uint8Array(0));
    for (const [offset, length] of [
      [disk.byteLength, SECTOR],
      [last, 2 * SECTOR],
      [0, disk.byteLength + SECTOR],
      [-SECTOR, SECTOR],
      [SECTOR, -SECTOR],
      [100, SECTOR],
      [0, 100],
      [NaN, SECTOR],
      [0, NaN],
    ] as const) {
      const refusal = expect.objectContaining({ code: "bad-request" }) as unknown;
      expect(() => disk.peek(offset, length)).toThrow(refusal);
      await expect(disk.read(offset, length)).rejects.toEqual(refusal);
      if (length > 0) await expect(disk.write(offset, new Uint8Array(length))).rejects.toEqual(refusal);
    }
    expect(disk.overlay.writtenBlocks).toBe(1);
  });

  it("rejects with what the base rejects with, and makes nothing up", async () => {
    const { disk, box, content, manifest } = await sample(8);
    for (const chunk of manifest.blocks.chunks) {
      box.answer(chunk, () => {
        throw new TypeError("failed to fetch");
      });
    }
    await expect(disk.read(0, disk.byteLength)).rejects.toMatchObject({ code: "network" });
    expect(firstDifference(await disk.read(0, disk.byteLength), content)).toBe(-1);
  });

  it("leaves a block alone when a part of it is written and the rest cannot be read", async () => {
    const { disk, box, map, manifest, content } = await sample(9);
    const block = map.findIndex((entry) => entry !== 0);
    const chunk =
      manifest.blocks.chunks[Math.floor(((map[block] ?? 0) - 1) / manifest.blocks.blocksPerChunk)];
    if (chunk === undefined) throw new Error("no chunk");
    box.answer(chunk, () => new Uint8Array(1));
    const at = block * BLOCK_BYTES;
    await expect(disk.write(at, pattern(0, SECTOR))).rejects.toMatchObject({ subject: chunk.sha256 });
    expect(disk.overlay.has(block)).toBe(false);
    expect(firstDifference(await disk.read(at, BLOCK_BYTES), content.subarray(at, at + BLOCK_BYTES))).toBe(
      -1,
    );
    await disk.write(at, pattern(0, SECTOR));
    content.set(pattern(0, SECTOR), at);
    expect(firstDifference(await disk.read(at, BLOCK_BYTES), content.subarray(at, at + BLOCK_BYTES))).toBe(
      -1,
    );
  });

  it("stays whole when the overlay is full: every block is its old self or its new one", async () => {
    const memory = new MemorySlotStore();
    let room = 20 * BLOCK_BYTES;
    const slots: SlotStore = {
      read: (offset, into) => memory.read(offset, into),
      write: (offset, bytes) => {
        if (offset + bytes.byteLength > room) throw new Error("full");
        memory.write(offset, bytes);
      },
      clear: () => memory.clear(),
    };
    const { disk, content } = await sample(10, { slots });
    const used = 60;
    const model = content.subarray(0, used * BLOCK_BYTES);
    const random = seededRandom(10);
    let refused = 0;
    for (let i = 0; i < 300; i++) {
      const { offset, length } = randomRange(random, model.byteLength);
      const bytes = pattern(i * 8191, length);
      const next = model.slice();
      next.set(bytes, offset);
      try {
        await disk.write(offset, bytes);
        model.set(next);
      } catch (error) {
        expect(error).toEqual(new Error("full"));
        refused++;
        for (let block = 0; block < used; block++) {
          const at = block * BLOCK_BYTES;
          const found = await disk.read(at, BLOCK_BYTES);
          const isOld = firstDifference(found, model.subarray(at, at + BLOCK_BYTES)) === -1;
          const isNew = firstDifference(found, next.subarray(at, at + BLOCK_BYTES)) === -1;
          expect(isOld || isNew).toBe(true);
          model.set(found, at);
        }
      }
      if (refused === 30) room = Infinity;
    }
    expect(refused).toBeGreaterThanOrEqual(30);
    expect(firstDifference(await disk.read(0, disk.byteLength), content)).toBe(-1);
  });

  it("tells which blocks of the base are read, and not those of the overlay", async () => {
    const { disk } = await sample(11, { cachedChunks: 100 });
    const seen: [number, number][] = [];
    await disk.write(3 * BLOCK_BYTES, pattern(0, 2 * BLOCK_BYTES));
    disk.onBaseRead = (first, count) => seen.push([first, count]);
    await disk.read(0, 8 * BLOCK_BYTES);
    expect(seen.splice(0)).toEqual([
      [0, 3],
      [5, 3],
    ]);
    disk.peek(0, 8 * BLOCK_BYTES);
    expect(seen.splice(0)).toEqual([
      [0, 3],
      [5, 3],
    ]);
    await disk.read(3 * BLOCK_BYTES, BLOCK_BYTES);
    expect(seen).toEqual([]);
    // A part of a block is written: the block is read.
    await disk.write(20 * BLOCK_BYTES + SECTOR, pattern(0, SECTOR));
    expect(seen).toEqual([[20, 1]]);
  });
});
