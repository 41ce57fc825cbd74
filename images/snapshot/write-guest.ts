/** Writes a snapshot as what the page loads: `manifest.json` and compressed, content-addressed `chunks/`. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BaseDisk } from "../../worker/disk/disk";
import { ChunkWriter, type PendingChunk, type WriteContext, ZSTD_LEVELS } from "../pipeline/chunk-writer";
import { BLOCK_BYTES, type Manifest, MANIFEST_FORMAT, manifestSchema } from "../../contract/manifest";
import { BLOCKS_PER_CHUNK, BlockPacker } from "./block-packer";
import type { Snapshot } from "./take-snapshot";

/** Blocks of the disk that are read at a time. */
const DISK_READ_BLOCKS = 256;

export interface GuestDescription {
  readonly emulator: Manifest["emulator"];
  readonly provenance: Manifest["provenance"];
  readonly bios: Uint8Array;
  readonly vgaBios: Uint8Array;
}

/** Writes into `context.out` and returns the manifest. */
export async function writeGuest(
  snapshot: Snapshot,
  guest: GuestDescription,
  context: WriteContext,
): Promise<Manifest> {
  const chunks = new ChunkWriter(context);
  const blockChunks: PendingChunk[] = [];
  let level: number = ZSTD_LEVELS.first;
  const packer = new BlockPacker((bytes) => blockChunks.push(chunks.add(bytes, level)));

  context.say("packing");
  const ramMap = new Uint32Array(guest.emulator.memoryBytes / BLOCK_BYTES);
  for (const [page, bytes] of snapshot.pages) ramMap[page] = packer.add(bytes);
  const ramChunks = packer.chunksSoFar;
  level = ZSTD_LEVELS.later;
  const diskMap = new Uint32Array(snapshot.disk.byteLength / BLOCK_BYTES);
  const block = new Uint8Array(BLOCK_BYTES);
  for (const index of snapshot.hotBlocks) {
    snapshot.disk.peekBlocks(index, block);
    diskMap[index] = packer.add(block);
  }
  const hotChunks = packer.chunksSoFar;
  addDisk(snapshot.disk, diskMap, packer);
  packer.finish();

  const blobs = {
    ram: chunks.addBlob(new Uint8Array(ramMap.buffer)),
    disk: chunks.addBlob(new Uint8Array(diskMap.buffer)),
    state: chunks.addBlob(new Uint8Array(snapshot.thinState)),
    bios: chunks.addBlob(guest.bios),
    vgaBios: chunks.addBlob(guest.vgaBios),
    below: chunks.addBlob(snapshot.warm.below),
    above: chunks.addBlob(snapshot.warm.above),
    code: chunks.addBlob(snapshot.warm.code),
  };
  context.say(`compressing ${chunks.count} chunks`);
  await chunks.compress();

  const manifest: Manifest = {
    format: MANIFEST_FORMAT,
    id: chunks.digest(),
    emulator: guest.emulator,
    blocks: {
      blockBytes: BLOCK_BYTES,
      blocksPerChunk: BLOCKS_PER_CHUNK,
      count: packer.count,
      chunks: blockChunks.map((chunk) => chunks.describe(chunk)),
      ramChunks,
      hotChunks,
    },
    ram: { bytes: guest.emulator.memoryBytes, map: chunks.describeBlob(blobs.ram) },
    disk: { bytes: snapshot.disk.byteLength, map: chunks.describeBlob(blobs.disk) },
    state: chunks.describeBlob(blobs.state),
    bios: chunks.describeBlob(blobs.bios),
    vgaBios: chunks.describeBlob(blobs.vgaBios),
    warm: {
      below: chunks.describeBlob(blobs.below),
      above: chunks.describeBlob(blobs.above),
      code: chunks.describeBlob(blobs.code),
    },
    screens: snapshot.screens.map((screen) => Buffer.from(screen).toString("base64")),
    provenance: guest.provenance,
  };
  await writeFile(join(context.out, "manifest.json"), JSON.stringify(manifestSchema.parse(manifest)));
  return manifest;
}

function addDisk(disk: BaseDisk, map: Uint32Array, packer: BlockPacker): void {
  const buffer = new Uint8Array(DISK_READ_BLOCKS * BLOCK_BYTES);
  for (let first = 0; first < map.length; first += DISK_READ_BLOCKS) {
    const count = Math.min(DISK_READ_BLOCKS, map.length - first);
    disk.peekBlocks(first, buffer.subarray(0, count * BLOCK_BYTES));
    for (let i = 0; i < count; i++) {
      if (map[first + i] === 0) {
        map[first + i] = packer.add(buffer.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES));
      }
    }
  }
}
