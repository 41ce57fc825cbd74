/**
 * Puts RAM pages and disk blocks into one sequence of distinct blocks (the format is contract/manifest.ts). The caller
 * adds them in the order of need; what was there before is stored once.
 */
import { createHash } from "node:crypto";
import { BLOCK_BYTES } from "../../contract/manifest";

/** Decompressed size of a full chunk is 512 KiB: small enough for a lazy read, large enough to compress well. */
export const BLOCKS_PER_CHUNK = 128;

/** Takes a finished chunk (decompressed, at most 512 KiB). */
export type ChunkSink = (bytes: Uint8Array) => void;

export class BlockPacker {
  readonly #sink: ChunkSink;
  readonly #known = new Map<string, number>();
  readonly #chunk = new Uint8Array(BLOCKS_PER_CHUNK * BLOCK_BYTES);
  #count = 0;
  #chunks = 0;
  #duplicates = 0;

  constructor(sink: ChunkSink) {
    this.#sink = sink;
  }

  /** Number of distinct blocks so far. */
  get count(): number {
    return this.#count;
  }

  /** Blocks that were there before. */
  get duplicates(): number {
    return this.#duplicates;
  }

  /** Adds a block of 4 KiB and returns its entry for a map: 0 for zeros, else 1 + its index. */
  add(block: Uint8Array): number {
    if (isZero(block)) return 0;
    const digest = createHash("sha256").update(block).digest("base64");
    const known = this.#known.get(digest);
    if (known !== undefined) {
      this.#duplicates++;
      return known + 1;
    }
    const index = this.#count++;
    this.#known.set(digest, index);
    this.#chunk.set(block, (index % BLOCKS_PER_CHUNK) * BLOCK_BYTES);
    if (this.#count % BLOCKS_PER_CHUNK === 0) this.#emit(BLOCKS_PER_CHUNK);
    return index + 1;
  }

  /** Number of chunks that hold every block so far (the last of them may be filled up by later ones). */
  get chunksSoFar(): number {
    return Math.ceil(this.#count / BLOCKS_PER_CHUNK);
  }

  /** Emits the last chunk. Nothing may be added afterwards. */
  finish(): void {
    const rest = this.#count - this.#chunks * BLOCKS_PER_CHUNK;
    if (rest > 0) this.#emit(rest);
  }

  #emit(blocks: number): void {
    this.#chunks++;
    this.#sink(this.#chunk.slice(0, blocks * BLOCK_BYTES));
  }
}

const ZEROS = Buffer.alloc(BLOCK_BYTES);

/** By memcmp: most of a disk is zeros, and a loop over the words takes seconds for it. */
function isZero(block: Uint8Array): boolean {
  return ZEROS.equals(block);
}
