/**
 * `manifest.json`: everything that the image pipeline made, and what it was made from. The page trusts the manifest
 * (it is served with the page) and nothing else: every chunk is named by the sha256 of its bytes and is checked.
 *
 * The block store. RAM pages and disk blocks are both 4 KiB, and many are the same bytes, so there is one sequence of
 * distinct blocks, cut into chunks of `blocksPerChunk` blocks and compressed with zstd. Its order is the order of
 * need: first the blocks of RAM by address, then the disk blocks that everyday commands read, in the order in which
 * they first read them, then the rest of the disk by address. The maps of disk and RAM are little-endian uint32 arrays with one entry
 * a block: 0 is a block of zeros, any other value is 1 + the block's index in the sequence.
 */
import { z } from "zod";

export const MANIFEST_FORMAT = 2;
export const BLOCK_BYTES = 4096;
/** No chunk is larger than this, so that any static host takes it and a lost one costs little. */
export const MAX_CHUNK_BYTES = 1024 * 1024;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "a sha256 in lower-case hex");
const count = z.number().int().nonnegative();

/** One immutable file `chunks/<sha256>`: a zstd frame. `sha256` and `bytes` are of the compressed file. */
export const chunkSchema = z.object({
  sha256,
  bytes: z.number().int().positive().max(MAX_CHUNK_BYTES),
});

/** An artefact that is not cut into blocks: the concatenation of its decompressed chunks. */
export const blobSchema = z.object({
  /** Decompressed size in bytes. */
  bytes: count,
  chunks: z.array(chunkSchema),
});

export const manifestSchema = z.object({
  format: z.literal(MANIFEST_FORMAT),
  /** Digest of all the chunks' names: what a learner's saved disk is keyed by. */
  id: sha256,
  emulator: z.object({
    version: z.string(),
    /** Of v86.wasm: the snapshot has its memory in it, and fits no other. */
    sha256,
    memoryBytes: z.number().int().positive(),
    vgaMemoryBytes: z.number().int().positive(),
    commandLine: z.string(),
  }),
  blocks: z.object({
    blockBytes: z.literal(BLOCK_BYTES),
    blocksPerChunk: z.number().int().positive().max(256),
    /** Number of blocks in the sequence. */
    count,
    chunks: z.array(chunkSchema),
    /** The first `ramChunks` chunks hold all of RAM: they are fetched before the prompt. */
    ramChunks: count,
    /** The chunks from `ramChunks` to `hotChunks` are fetched in the background once the prompt is there. */
    hotChunks: count,
  }),
  ram: z.object({ bytes: z.number().int().positive(), map: blobSchema }),
  disk: z.object({ bytes: z.number().int().positive(), map: blobSchema }),
  /** v86's state without RAM. */
  state: blobSchema,
  /**
   * What v86's JIT knew: its memory below and above RAM, and the code that it had compiled, as one WebAssembly module
   * (worker/machine/warm-state.ts).
   */
  warm: z.object({ below: blobSchema, above: blobSchema, code: blobSchema }),
  bios: blobSchema,
  vgaBios: blobSchema,
  /** What each terminal showed when the snapshot was taken, base64: the page draws it first. */
  screens: z.array(z.string()).length(3),
  /** Where it all came from: Debian packages and versions, kernel version, tool versions. */
  provenance: z.object({
    kernel: z.string(),
    packages: z.record(z.string(), z.string()),
    /** What was not on Debian's mirror, and what is used in its place: consumer to sentences. */
    losses: z.record(z.string(), z.array(z.string())).default({}),
  }),
});

export type Chunk = z.infer<typeof chunkSchema>;
export type Blob = z.infer<typeof blobSchema>;
export type Manifest = z.infer<typeof manifestSchema>;

/** What is not in blocks. All of it is fetched before the prompt. */
export function blobsOf({ ram, disk, state, bios, vgaBios, warm }: Manifest): Blob[] {
  return [ram.map, disk.map, state, bios, vgaBios, warm.below, warm.above, warm.code];
}
