/**
 * The block store: the manifest's one sequence of distinct 4 KiB blocks, in decompressed chunks with a bound on the
 * memory that they take. See contract/manifest.ts for the format.
 */
import { BLOCK_BYTES, type Blob, type Manifest } from "../../contract/manifest";
import { DrydockError } from "../../contract/errors";
import type { ChunkFetcher } from "./chunk-fetcher";
import type { Decompress } from "./zstd";

/** Bytes of decompressed chunks kept in memory. */
const DEFAULT_CACHE_BYTES = 48 * 1024 * 1024;

export interface BlockStoreOptions {
  readonly manifest: Manifest;
  readonly fetcher: Pick<ChunkFetcher, "fetch">;
  readonly decompress: Decompress;
  readonly cacheBytes?: number;
}

export class BlockStore {
  readonly #manifest: Manifest;
  readonly #fetcher: Pick<ChunkFetcher, "fetch">;
  readonly #decompress: Decompress;
  readonly #maxChunks: number;
  /** Least recently used first: Map keeps the order of insertion. */
  readonly #chunks = new Map<number, Uint8Array>();
  readonly #pending = new Map<number, Promise<Uint8Array>>();

  constructor(options: BlockStoreOptions) {
    this.#manifest = options.manifest;
    this.#fetcher = options.fetcher;
    this.#decompress = options.decompress;
    const chunkBytes = options.manifest.blocks.blocksPerChunk * BLOCK_BYTES;
    this.#maxChunks = Math.max(2, Math.floor((options.cacheBytes ?? DEFAULT_CACHE_BYTES) / chunkBytes));
  }

  /** Which chunk holds a block of the sequence. */
  chunkOf(block: number): number {
    return Math.floor(block / this.#manifest.blocks.blocksPerChunk);
  }

  /** Byte offset of a block in its chunk. */
  offsetInChunk(block: number): number {
    return (block % this.#manifest.blocks.blocksPerChunk) * BLOCK_BYTES;
  }

  /** A decompressed chunk, if it is in memory. */
  peek(chunk: number): Uint8Array | undefined {
    const bytes = this.#chunks.get(chunk);
    if (bytes !== undefined) {
      this.#chunks.delete(chunk);
      this.#chunks.set(chunk, bytes);
    }
    return bytes;
  }

  /** A decompressed chunk. Throws what the fetcher throws. Two calls for one chunk share the work. */
  async load(chunk: number): Promise<Uint8Array> {
    const present = this.peek(chunk);
    if (present !== undefined) return present;
    const shared = this.#pending.get(chunk);
    if (shared !== undefined) return shared;
    const promise = this.read(chunk)
      .then((bytes) => this.#keep(chunk, bytes))
      .finally(() => this.#pending.delete(chunk));
    this.#pending.set(chunk, promise);
    return promise;
  }

  /** As `load`, without a place in the memory cache: for bytes that are wanted once. */
  async read(chunk: number, signal?: AbortSignal): Promise<Uint8Array> {
    const { blocks } = this.#manifest;
    const entry = blocks.chunks[chunk];
    if (entry === undefined) throw new DrydockError("bad-manifest", `there is no chunk ${chunk} of blocks`);
    const first = chunk * blocks.blocksPerChunk;
    const count = Math.min(blocks.blocksPerChunk, blocks.count - first);
    return this.#decompress(await this.#fetcher.fetch(entry, signal), count * BLOCK_BYTES);
  }

  #keep(chunk: number, bytes: Uint8Array): Uint8Array {
    this.#chunks.set(chunk, bytes);
    for (const oldest of this.#chunks.keys()) {
      if (this.#chunks.size <= this.#maxChunks) break;
      this.#chunks.delete(oldest);
    }
    return bytes;
  }
}

/** Decompressed size of every chunk of a blob but the last, in bytes. */
export const BLOB_CHUNK_BYTES = 512 * 1024;

/** Fetches an artefact that is not in the block store. */
export async function readBlob(
  blob: Blob,
  fetcher: Pick<ChunkFetcher, "fetch">,
  decompress: Decompress,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const expected = Math.ceil(blob.bytes / BLOB_CHUNK_BYTES);
  if (blob.chunks.length !== expected) {
    throw new DrydockError(
      "bad-manifest",
      `${blob.bytes} bytes in ${blob.chunks.length} chunks, not ${expected}`,
    );
  }
  const result = new Uint8Array(blob.bytes);
  await Promise.all(
    blob.chunks.map(async (chunk, index) => {
      const offset = index * BLOB_CHUNK_BYTES;
      const size = Math.min(BLOB_CHUNK_BYTES, blob.bytes - offset);
      result.set(decompress(await fetcher.fetch(chunk, signal), size), offset);
    }),
  );
  return result;
}

/** Decodes a map of disk or RAM (see contract/manifest.ts). Throws `bad-manifest` if it is not of `bytes / 4 KiB` entries. */
export function decodeBlockMap(
  blob: Uint8Array<ArrayBuffer>,
  bytes: number,
  blockCount: number,
): Uint32Array {
  const entries = bytes / BLOCK_BYTES;
  if (!Number.isInteger(entries) || blob.byteLength !== entries * 4) {
    throw new DrydockError("bad-manifest", `a block map of ${blob.byteLength} bytes for ${bytes} bytes`);
  }
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const map = new Uint32Array(entries);
  for (let i = 0; i < entries; i++) {
    const entry = view.getUint32(i * 4, true);
    if (entry > blockCount)
      throw new DrydockError("bad-manifest", `a block map names block ${entry} of ${blockCount}`);
    map[i] = entry;
  }
  return map;
}
