/** Writes a snapshot as what the page loads: `manifest.json` and compressed, content-addressed `chunks/`. */
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { BLOB_CHUNK_BYTES } from "../../worker/disk/block-store";
import type { BaseDisk } from "../../worker/disk/disk";
import type { ToolOptions } from "../pipeline/run-tool";
import {
  type Blob,
  BLOCK_BYTES,
  type Chunk,
  type Manifest,
  MANIFEST_FORMAT,
  manifestSchema,
} from "../manifest";
import { BLOCKS_PER_CHUNK, BlockPacker } from "./block-packer";
import type { Snapshot } from "./take-snapshot";

/**
 * zstd's levels: the first for what everybody fetches, the second for the rest of the disk, which is read rarely and is
 * most of the work. Measured on 24 chunks of 512 KiB: level 12 makes 10 % more bytes in a fifth of the time.
 */
const ZSTD_LEVEL = 19;
const ZSTD_LEVEL_COLD = 12;
const FILES_A_PROCESS = 200;
/** Blocks of the disk that are read at a time. */
const DISK_READ_BLOCKS = 256;

export interface GuestDescription {
  readonly emulator: Manifest["emulator"];
  readonly provenance: Manifest["provenance"];
  readonly bios: Uint8Array;
  readonly vgaBios: Uint8Array;
}

export interface WriteContext {
  readonly out: string;
  /** An empty folder. */
  readonly work: string;
  say(text: string): void;
  run(command: string, args: string[], options?: ToolOptions): Promise<string>;
}

/** Writes into `context.out` and returns the manifest. */
export async function writeGuest(
  snapshot: Snapshot,
  guest: GuestDescription,
  context: WriteContext,
): Promise<Manifest> {
  const chunks = new ChunkWriter(context);
  const blockChunks: PendingChunk[] = [];
  let level = ZSTD_LEVEL;
  const packer = new BlockPacker((bytes) => blockChunks.push(chunks.add(bytes, level)));

  context.say("packing");
  const ramMap = new Uint32Array(guest.emulator.memoryBytes / BLOCK_BYTES);
  for (const [page, bytes] of snapshot.pages) ramMap[page] = packer.add(bytes);
  const ramChunks = packer.chunksSoFar;
  const diskMap = new Uint32Array(snapshot.disk.byteLength / BLOCK_BYTES);
  const block = new Uint8Array(BLOCK_BYTES);
  for (const index of snapshot.hotBlocks) {
    snapshot.disk.peekBlocks(index, block);
    diskMap[index] = packer.add(block);
  }
  const hotChunks = packer.chunksSoFar;
  level = ZSTD_LEVEL_COLD;
  addDisk(snapshot.disk, diskMap, packer);
  packer.finish();

  const blobs = {
    ram: chunks.addBlob(new Uint8Array(ramMap.buffer)),
    disk: chunks.addBlob(new Uint8Array(diskMap.buffer)),
    state: chunks.addBlob(new Uint8Array(snapshot.thinState)),
    bios: chunks.addBlob(guest.bios),
    vgaBios: chunks.addBlob(guest.vgaBios),
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

/** A chunk that is not compressed yet: its number. */
type PendingChunk = number;
interface PendingBlob {
  readonly bytes: number;
  readonly chunks: readonly PendingChunk[];
}

/** Collects chunks in a work folder, compresses them all at once with the zstd program, and names them by digest. */
class ChunkWriter {
  readonly #context: WriteContext;
  readonly #writes: Promise<void>[] = [];
  readonly #levels: number[] = [];
  readonly #described: Chunk[] = [];

  constructor(context: WriteContext) {
    this.#context = context;
  }

  get count(): number {
    return this.#levels.length;
  }

  add(bytes: Uint8Array, level = ZSTD_LEVEL): PendingChunk {
    const number = this.#levels.push(level) - 1;
    this.#writes.push(writeFile(this.#path(number), bytes));
    return number;
  }

  addBlob(bytes: Uint8Array): PendingBlob {
    const chunks: PendingChunk[] = [];
    for (let offset = 0; offset < bytes.byteLength; offset += BLOB_CHUNK_BYTES) {
      chunks.push(this.add(bytes.slice(offset, offset + BLOB_CHUNK_BYTES)));
    }
    return { bytes: bytes.byteLength, chunks };
  }

  async compress(): Promise<void> {
    await Promise.all(this.#writes);
    for (const level of new Set(this.#levels)) await this.#compressAt(level);
    const folder = join(this.#context.out, "chunks");
    await mkdir(folder, { recursive: true });
    for (let number = 0; number < this.count; number++) {
      const path = `${this.#path(number)}.zst`;
      const bytes = await readFile(path);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      this.#described[number] = { sha256, bytes: bytes.byteLength };
      await rename(path, join(folder, sha256));
    }
  }

  /** As many zstd processes as there are processors, each with many files: one is too short to be worth a process. */
  async #compressAt(level: number): Promise<void> {
    const numbers = [...this.#levels.keys()].filter((number) => this.#levels[number] === level);
    const lanes = availableParallelism();
    await Promise.all(
      Array.from({ length: lanes }, async (_, lane) => {
        const mine = numbers.filter((number) => number % lanes === lane).map(String);
        for (let i = 0; i < mine.length; i += FILES_A_PROCESS) {
          const files = mine.slice(i, i + FILES_A_PROCESS);
          const { work: cwd } = this.#context;
          await this.#context.run("zstd", ["-q", "--rm", `-${level}`, ...files], { cwd });
        }
      }),
    );
  }

  /** One name for all the content. */
  digest(): string {
    const hash = createHash("sha256");
    for (const chunk of this.#described) hash.update(chunk.sha256);
    return hash.digest("hex");
  }

  describe(chunk: PendingChunk): Chunk {
    const described = this.#described[chunk];
    if (described === undefined) throw new RangeError(`chunk ${chunk} was not compressed`);
    return described;
  }

  describeBlob(blob: PendingBlob): Blob {
    return { bytes: blob.bytes, chunks: blob.chunks.map((chunk) => this.describe(chunk)) };
  }

  #path(number: PendingChunk): string {
    return join(this.#context.work, String(number));
  }
}
