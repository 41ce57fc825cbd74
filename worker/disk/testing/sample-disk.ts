/** A small disk out of a block store in memory, and the bytes that it must have. */
import { BLOCK_BYTES, type Manifest } from "../../../contract/manifest";
import { BlockStore } from "../block-store";
import { ChunkFetcher } from "../chunk-fetcher";
import { ChunkedBase, Disk } from "../disk";
import { MemorySlotStore, Overlay, type SlotStore } from "../overlay";
import { createDecompress } from "../zstd";
import { ChunkBox } from "./chunk-box";
import { manifestOfBlocks } from "./sample-manifest";

export interface SampleDisk {
  readonly box: ChunkBox;
  readonly manifest: Manifest;
  readonly store: BlockStore;
  readonly base: ChunkedBase;
  readonly disk: Disk;
  /** What the base holds. */
  readonly content: Uint8Array;
  /** The map of the disk: 0 for zeros, else 1 + the block. */
  readonly map: Uint32Array;
}

export interface SampleDiskOptions {
  readonly blocks: number;
  /** Distinct blocks in the store; each has its own fill. */
  readonly distinct: number;
  readonly blocksPerChunk: number;
  /** Chunks that fit into memory. */
  readonly cachedChunks: number;
  /** Numbers from 0 up to 1 that lay the blocks out. */
  readonly random: () => number;
  readonly slots?: SlotStore;
}

/** Each disk block is a random one of the store's, or (one in four) zeros. */
export async function makeSampleDisk(options: SampleDiskOptions): Promise<SampleDisk> {
  const { blocks, distinct, blocksPerChunk, cachedChunks, random } = options;
  const stored = new Uint8Array(distinct * BLOCK_BYTES);
  const words = new Uint32Array(stored.buffer);
  for (let i = 0; i < words.length; i++) words[i] = random() * 0x1_0000_0000;
  const box = new ChunkBox();
  const manifest = manifestOfBlocks(box, stored, blocksPerChunk);
  const map = new Uint32Array(blocks);
  const content = new Uint8Array(blocks * BLOCK_BYTES);
  for (let block = 0; block < blocks; block++) {
    if (random() < 0.25) continue;
    const index = Math.floor(random() * distinct);
    map[block] = 1 + index;
    content.set(stored.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES), block * BLOCK_BYTES);
  }
  const store = new BlockStore({
    manifest,
    fetcher: new ChunkFetcher({ source: box, retryDelays: [] }),
    decompress: await createDecompress(),
    cacheBytes: cachedChunks * blocksPerChunk * BLOCK_BYTES,
  });
  const base = new ChunkedBase(map, store);
  const disk = new Disk(base, new Overlay(options.slots ?? new MemorySlotStore(), blocks));
  return { box, manifest, store, base, disk, content, map };
}
