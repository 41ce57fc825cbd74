/** Small manifests that the schema takes, with everything of a real one. */
import {
  type Blob,
  BLOCK_BYTES,
  type Chunk,
  type Manifest,
  MANIFEST_FORMAT,
} from "../../../contract/manifest";
import type { ChunkBox } from "./chunk-box";

const noBlob: Blob = { bytes: 0, chunks: [] };

/** A manifest of nothing but what is given. */
export function sampleManifest(parts: Partial<Manifest> = {}): Manifest {
  return {
    format: MANIFEST_FORMAT,
    id: "0".repeat(64),
    emulator: {
      version: "0.0.0",
      sha256: "0".repeat(64),
      memoryBytes: 16 * BLOCK_BYTES,
      vgaMemoryBytes: BLOCK_BYTES,
      commandLine: "quiet",
    },
    blocks: {
      blockBytes: BLOCK_BYTES,
      blocksPerChunk: 4,
      count: 0,
      chunks: [],
      ramChunks: 0,
      hotChunks: 0,
    },
    ram: { bytes: 16 * BLOCK_BYTES, map: noBlob },
    disk: { bytes: 16 * BLOCK_BYTES, map: noBlob },
    state: noBlob,
    bios: noBlob,
    vgaBios: noBlob,
    warm: { below: noBlob, above: noBlob, code: noBlob },
    screens: ["", "", ""],
    provenance: { kernel: "6.12", packages: { docker: "26.1.5" }, losses: {} },
    ...parts,
  };
}

/** A manifest whose block store is `blocks` (a whole number of 4 KiB), in chunks that are put into `box`. */
export function manifestOfBlocks(box: ChunkBox, blocks: Uint8Array, blocksPerChunk: number): Manifest {
  const chunkBytes = blocksPerChunk * BLOCK_BYTES;
  const chunks: Chunk[] = [];
  for (let offset = 0; offset < blocks.byteLength; offset += chunkBytes) {
    chunks.push(box.addFrame(blocks.subarray(offset, offset + chunkBytes)));
  }
  return sampleManifest({
    blocks: {
      blockBytes: BLOCK_BYTES,
      blocksPerChunk,
      count: blocks.byteLength / BLOCK_BYTES,
      chunks,
      ramChunks: 0,
      hotChunks: 0,
    },
  });
}
