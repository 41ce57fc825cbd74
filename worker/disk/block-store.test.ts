import { beforeAll, describe, expect, it } from "vitest";
import { BLOCK_BYTES, type Manifest } from "../../contract/manifest";
import { pattern } from "../lan/testing/random";
import { BLOB_CHUNK_BYTES, BlockStore, decodeBlockMap, readBlob } from "./block-store";
import { ChunkFetcher } from "./chunk-fetcher";
import { ChunkBox, flipBit } from "./testing/chunk-box";
import { firstDifference } from "./testing/first-difference";
import { manifestOfBlocks } from "./testing/sample-manifest";
import { storedFrame } from "./testing/zstd-frame";
import { createDecompress, type Decompress } from "./zstd";

const PER_CHUNK = 4;
const CHUNK_BYTES = PER_CHUNK * BLOCK_BYTES;

let decompress: Decompress;
beforeAll(async () => {
  decompress = await createDecompress();
});

interface Bench {
  readonly box: ChunkBox;
  readonly manifest: Manifest;
  readonly store: BlockStore;
  readonly content: Uint8Array;
  /** The bytes of a chunk. */
  readonly chunk: (index: number) => Uint8Array;
}

/** A store of this many blocks, with room for `chunks` chunks in memory. */
function bench(blocks: number, chunks: number): Bench {
  const box = new ChunkBox();
  const content = pattern(0, blocks * BLOCK_BYTES);
  const manifest = manifestOfBlocks(box, content, PER_CHUNK);
  const fetcher = new ChunkFetcher({ source: box, retryDelays: [] });
  const store = new BlockStore({ manifest, fetcher, decompress, cacheBytes: chunks * CHUNK_BYTES });
  const chunk = (index: number): Uint8Array => content.slice(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
  return { box, manifest, store, content, chunk };
}

/** Which chunks are in memory. Looking makes them the last used, in this order. */
function present(store: BlockStore, chunks: number): number[] {
  return [...Array(chunks).keys()].filter((index) => store.peek(index) !== undefined);
}

describe("BlockStore", () => {
  it("finds a block's chunk and its place there", () => {
    const { store } = bench(9, 2);
    expect([0, 3, 4, 8].map((block) => store.chunkOf(block))).toEqual([0, 0, 1, 2]);
    expect([0, 3, 4, 8].map((block) => store.offsetInChunk(block) / BLOCK_BYTES)).toEqual([0, 3, 0, 0]);
  });

  it("loads every chunk, of which the last is short", async () => {
    const { store, chunk } = bench(9, 8);
    for (const index of [0, 1, 2]) {
      expect(store.peek(index)).toBeUndefined();
      const bytes = await store.load(index);
      expect(firstDifference(bytes, chunk(index))).toBe(-1);
      expect(store.peek(index)).toBe(bytes);
    }
    expect(store.peek(2)?.byteLength).toBe(BLOCK_BYTES);
  });

  it("has no chunk beyond its end", async () => {
    const { store } = bench(8, 8);
    for (const index of [2, -1, 0.5]) {
      await expect(store.load(index)).rejects.toMatchObject({ code: "bad-manifest" });
      await expect(store.read(index)).rejects.toMatchObject({ code: "bad-manifest" });
      expect(store.peek(index)).toBeUndefined();
    }
  });

  it("keeps no more chunks than it may", async () => {
    const { store } = bench(10 * PER_CHUNK, 3);
    for (let index = 0; index < 10; index++) await store.load(index);
    expect(present(store, 10)).toEqual([7, 8, 9]);
    await Promise.all(Array.from({ length: 10 }, (_, index) => store.load(index)));
    expect(present(store, 10)).toHaveLength(3);
  });

  it("keeps two chunks at least", async () => {
    const { store } = bench(4 * PER_CHUNK, 0);
    for (let index = 0; index < 4; index++) await store.load(index);
    expect(present(store, 4)).toEqual([2, 3]);
  });

  it("drops the chunk that was not used for longest: a look counts as use", async () => {
    const { store } = bench(5 * PER_CHUNK, 3);
    for (const index of [0, 1, 2]) await store.load(index);
    store.peek(0);
    await store.load(3);
    expect(present(store, 5)).toEqual([0, 2, 3]);
    // Now in the order 0, 2, 3. A load of what is there counts as well.
    await store.load(0);
    await store.load(4);
    expect(present(store, 5)).toEqual([0, 3, 4]);
  });

  it("does not fetch what it has, and shares a fetch under way", async () => {
    const { store, box } = bench(8, 2);
    const [first, second] = await Promise.all([store.load(1), store.load(1)]);
    expect(second).toBe(first);
    expect(await store.load(1)).toBe(first);
    expect(box.asked).toHaveLength(1);
  });

  it("reads without keeping", async () => {
    const { store, box, chunk } = bench(8, 2);
    expect(firstDifference(await store.read(0), chunk(0))).toBe(-1);
    expect(store.peek(0)).toBeUndefined();
    await store.read(0);
    expect(box.asked).toHaveLength(2);
  });

  it("keeps nothing of a chunk that could not be had, and loads it when it can be", async () => {
    const { store, box, manifest, chunk } = bench(8, 2);
    const wanted = manifest.blocks.chunks[1];
    if (wanted === undefined) throw new Error("no chunk");
    box.answer(wanted, () => flipBit(box.fileOf(wanted)));
    const loads = await Promise.allSettled([store.load(1), store.load(1)]);
    for (const load of loads) {
      expect(load).toMatchObject({
        status: "rejected",
        reason: { code: "bad-chunk", subject: wanted.sha256 },
      });
    }
    expect(store.peek(1)).toBeUndefined();
    expect(firstDifference(await store.load(1), chunk(1))).toBe(-1);
  });

  it("refuses a chunk that verifies but does not hold its blocks", async () => {
    const { box, manifest } = bench(8, 2);
    const chunks = [box.addFrame(pattern(0, CHUNK_BYTES - 1)), box.add(pattern(0, 100))];
    const fetcher = new ChunkFetcher({ source: box });
    const store = new BlockStore({
      manifest: { ...manifest, blocks: { ...manifest.blocks, chunks } },
      fetcher,
      decompress,
    });
    await expect(store.load(0)).rejects.toMatchObject({ code: "bad-chunk" });
    await expect(store.load(1)).rejects.toMatchObject({ code: "bad-chunk" });
  });

  it("passes a cancellation on to a read", async () => {
    const { store } = bench(8, 2);
    await expect(store.read(0, AbortSignal.abort())).rejects.toMatchObject({ code: "aborted" });
  });
});

describe("readBlob", () => {
  it.each([0, 1, BLOB_CHUNK_BYTES - 1, BLOB_CHUNK_BYTES, BLOB_CHUNK_BYTES + 1, 3 * BLOB_CHUNK_BYTES + 77])(
    "puts %i bytes together from their chunks",
    async (bytes) => {
      const box = new ChunkBox();
      const content = pattern(bytes, bytes);
      const chunks = [];
      for (let offset = 0; offset < bytes; offset += BLOB_CHUNK_BYTES) {
        chunks.push(box.addFrame(content.subarray(offset, offset + BLOB_CHUNK_BYTES)));
      }
      const fetcher = new ChunkFetcher({ source: box });
      expect(firstDifference(await readBlob({ bytes, chunks }, fetcher, decompress), content)).toBe(-1);
    },
  );

  it("refuses a number of chunks that does not fit its size, before it fetches any", async () => {
    const box = new ChunkBox();
    const chunk = box.addFrame(pattern(0, 100));
    const fetcher = new ChunkFetcher({ source: box });
    for (const blob of [
      { bytes: 100, chunks: [] },
      { bytes: 0, chunks: [chunk] },
      { bytes: 100, chunks: [chunk, chunk] },
      { bytes: BLOB_CHUNK_BYTES + 1, chunks: [chunk] },
      { bytes: Number.MAX_SAFE_INTEGER, chunks: [chunk] },
    ]) {
      await expect(readBlob(blob, fetcher, decompress)).rejects.toMatchObject({ code: "bad-manifest" });
    }
    expect(box.asked).toEqual([]);
  });

  it("refuses chunks whose content is shorter or longer than their part", async () => {
    const box = new ChunkBox();
    const fetcher = new ChunkFetcher({ source: box });
    for (const size of [99, 101]) {
      const chunks = [box.addFrame(pattern(0, size))];
      const read = readBlob({ bytes: 100, chunks }, fetcher, decompress);
      await expect(read).rejects.toMatchObject({ code: "bad-chunk" });
    }
  });

  it("fails with the chunk that could not be had", async () => {
    const box = new ChunkBox();
    const lost = new ChunkBox().add(storedFrame(pattern(3, 100)));
    const fetcher = new ChunkFetcher({ source: box, retryDelays: [] });
    const read = readBlob({ bytes: 100, chunks: [lost] }, fetcher, decompress);
    await expect(read).rejects.toMatchObject({ code: "bad-chunk", subject: lost.sha256 });
  });
});

describe("decodeBlockMap", () => {
  const encode = (...entries: number[]): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(entries.length * 4);
    const view = new DataView(bytes.buffer);
    entries.forEach((entry, index) => view.setUint32(index * 4, entry, true));
    return bytes;
  };

  it("reads little-endian entries", () => {
    expect(decodeBlockMap(encode(0, 1, 0x01020304), 3 * BLOCK_BYTES, 0x01020304)).toEqual(
      Uint32Array.of(0, 1, 0x01020304),
    );
  });

  it("reads bytes that do not begin at a multiple of four", () => {
    const bytes = Uint8Array.of(9, ...encode(5, 6));
    expect(decodeBlockMap(bytes.subarray(1), 2 * BLOCK_BYTES, 6)).toEqual(Uint32Array.of(5, 6));
  });

  it("takes the last block and refuses the one behind it", () => {
    expect(decodeBlockMap(encode(7), BLOCK_BYTES, 7)).toEqual(Uint32Array.of(7));
    for (const entry of [8, 0xffffffff]) {
      expect(() => decodeBlockMap(encode(1, entry), 2 * BLOCK_BYTES, 7)).toThrow(
        expect.objectContaining({ code: "bad-manifest" }),
      );
    }
  });

  it("refuses a map of another length", () => {
    for (const [map, bytes] of [
      [encode(1, 2), BLOCK_BYTES],
      [encode(1, 2), 3 * BLOCK_BYTES],
      [encode(1, 2).subarray(0, 7), 2 * BLOCK_BYTES],
      [new Uint8Array(0), BLOCK_BYTES],
      [encode(1), BLOCK_BYTES - 1],
      [encode(1), BLOCK_BYTES / 2],
    ] as const) {
      expect(() => decodeBlockMap(map, bytes, 9)).toThrow(expect.objectContaining({ code: "bad-manifest" }));
    }
  });
});
