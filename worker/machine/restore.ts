/**
 * From a manifest to a restored machine: fetches what the prompt needs (state, maps, all of RAM's chunks), writes
 * RAM page by page while the rest still loads, and hands over an emulator that is ready to run.
 */
import { type Blob, blobsOf, BLOCK_BYTES, type Chunk, type Manifest } from "../../contract/manifest";
import { BlockStore, decodeBlockMap, readBlob } from "../disk/block-store";
import { type ChunkFetcher, throwIfAborted } from "../disk/chunk-fetcher";
import { DiskDevice } from "../disk/device";
import { ChunkedBase, Disk } from "../disk/disk";
import { Overlay, type SlotStore } from "../disk/overlay";
import type { Decompress } from "../disk/zstd";
import { DrydockError } from "../../contract/errors";
import { ShippedMemory, type MemoryImage } from "./checkpoint/memory-image";
import { Emulator, type EmulatorCode } from "./emulator/emulator";
import { compileCode } from "./emulator/warm-state";

/** Chunks that are fetched at the same time. */
const PARALLEL_CHUNKS = 6;

export type RestoreProgress =
  | { readonly kind: "loading"; readonly bytes: number; readonly total: number; readonly cached: number }
  | { readonly kind: "restoring"; readonly pages: number; readonly total: number };

export interface RestoreOptions {
  readonly manifest: Manifest;
  readonly fetcher: ChunkFetcher;
  readonly decompress: Decompress;
  /** v86.wasm, compiled; awaited as late as possible. */
  readonly wasm: Promise<EmulatorCode>;
  readonly overlayStore: SlotStore;
  readonly onProgress: (progress: RestoreProgress) => void;
  readonly onDiskFault: (error: DrydockError | undefined) => void;
  readonly signal?: AbortSignal;
}

export interface RestoredMachine {
  readonly emulator: Emulator;
  readonly disk: Disk;
  readonly device: DiskDevice;
  readonly base: MemoryImage;
  readonly filled: Promise<void>;
}

/** @throws DrydockError `network`, `bad-chunk`, `bad-manifest`, `bad-snapshot`, `version-mismatch`, `out-of-memory`, `aborted` */
export async function restoreMachine(options: RestoreOptions): Promise<RestoredMachine> {
  const { manifest, decompress, signal } = options;
  const { memoryBytes } = manifest.emulator;
  const progress = new LoadProgress(options);
  const blob = (name: Blob): Promise<Uint8Array<ArrayBuffer>> => readBlob(name, progress, decompress, signal);
  const code = blob(manifest.warm.code).then(compileCode);
  const outsideRam = Promise.all([blob(manifest.warm.below), blob(manifest.warm.above)]);
  // Awaited later: until then their failure must not count as unhandled.
  for (const promise of [code, outsideRam]) promise.catch(() => undefined);
  const [ramMap, diskMap, state, bios, vgaBios] = await Promise.all([
    blob(manifest.ram.map),
    blob(manifest.disk.map),
    blob(manifest.state),
    blob(manifest.bios),
    blob(manifest.vgaBios),
  ]);
  const ramBlocks = decodeBlockMap(ramMap, memoryBytes, manifest.blocks.count);
  const pages = pagesByChunk(ramBlocks, manifest);
  const shipped = new ShippedMemory(ramBlocks, options);
  const blocks = new BlockStore({ manifest, fetcher: options.fetcher, decompress });
  const diskBlocks = decodeBlockMap(diskMap, manifest.disk.bytes, manifest.blocks.count);
  const base = new ChunkedBase(diskBlocks, blocks);
  const disk = new Disk(base, new Overlay(options.overlayStore, diskBlocks.length));
  const device = new DiskDevice({ disk, onFault: options.onDiskFault });
  const wasm = await options.wasm;
  if (wasm.sha256 !== manifest.emulator.sha256) {
    throw new DrydockError("version-mismatch", "the snapshot is of another emulator", {
      subject: "v86.wasm",
    });
  }
  const emulator = await Emulator.create({
    wasm,
    memoryBytes,
    vgaMemoryBytes: manifest.emulator.vgaMemoryBytes,
    bios: bios.buffer,
    vgaBios: vgaBios.buffer,
    disk: device,
    // v86 writes into what it restores from.
    thinState: state.buffer.slice(0),
  });
  try {
    const write = (page: number, bytes: Uint8Array): void => {
      emulator.writePage(page, bytes);
      shipped.fingerprints.record(page, bytes);
    };
    await fillMemory(write, pages, manifest, progress, options);
    const [below, above] = await outsideRam;
    await emulator.warmUp({ below, above, code: await code }, state.buffer);
    throwIfAborted(signal);
  } catch (error) {
    await emulator.destroy();
    throw error;
  }
  return { emulator, disk, device, base: shipped, filled: Promise.resolve() };
}

/** For each RAM chunk, pairs of (offset in the chunk in bytes, page of RAM). Throws `bad-manifest`. */
function pagesByChunk(map: Uint32Array, manifest: Manifest): readonly number[][] {
  const { blocksPerChunk, ramChunks } = manifest.blocks;
  const chunks: number[][] = Array.from({ length: ramChunks }, () => []);
  map.forEach((entry, page) => {
    if (entry === 0) return;
    const block = entry - 1;
    const pairs = chunks[Math.floor(block / blocksPerChunk)];
    if (pairs === undefined) {
      throw new DrydockError("bad-manifest", `page ${page} of RAM is in a chunk that is not one of RAM's`);
    }
    pairs.push((block % blocksPerChunk) * BLOCK_BYTES, page);
  });
  return chunks;
}

async function fillMemory(
  write: (page: number, bytes: Uint8Array) => void,
  chunks: readonly number[][],
  manifest: Manifest,
  progress: LoadProgress,
  options: RestoreOptions,
): Promise<void> {
  const store = new BlockStore({
    manifest,
    fetcher: progress,
    decompress: options.decompress,
    cacheBytes: 0,
  });
  let next = 0;
  const fill = async (): Promise<void> => {
    for (let index = next++; index < chunks.length; index = next++) {
      const bytes = await store.read(index, options.signal);
      const pairs = chunks[index] ?? [];
      for (let i = 0; i < pairs.length; i += 2) {
        const offset = pairs[i] ?? 0;
        write(pairs[i + 1] ?? 0, bytes.subarray(offset, offset + BLOCK_BYTES));
      }
      progress.pagesWritten(pairs.length / 2);
    }
  };
  progress.pagesTotal = chunks.reduce((sum, pairs) => sum + pairs.length / 2, 0);
  const stopOthers = (error: unknown): never => {
    next = chunks.length;
    throw error;
  };
  await Promise.all(Array.from({ length: PARALLEL_CHUNKS }, () => fill().catch(stopOthers)));
}

/** Fetches through the real fetcher and reports how far it is. */
class LoadProgress implements Pick<ChunkFetcher, "fetch"> {
  pagesTotal = 0;
  readonly #options: RestoreOptions;
  readonly #total: number;
  readonly #cachedBefore: number;
  #bytes = 0;
  #pages = 0;

  constructor(options: RestoreOptions) {
    this.#options = options;
    this.#total = promptBytes(options.manifest);
    this.#cachedBefore = options.fetcher.counts.cachedBytes;
    this.#report();
  }

  async fetch(chunk: Chunk, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await this.#options.fetcher.fetch(chunk, signal);
    this.#bytes += chunk.bytes;
    this.#report();
    return bytes;
  }

  pagesWritten(count: number): void {
    this.#pages += count;
    this.#report();
  }

  #report(): void {
    const cached = this.#options.fetcher.counts.cachedBytes - this.#cachedBefore;
    if (this.#bytes < this.#total) {
      this.#options.onProgress({ kind: "loading", bytes: this.#bytes, total: this.#total, cached });
    } else {
      this.#options.onProgress({ kind: "restoring", pages: this.#pages, total: this.pagesTotal });
    }
  }
}

/** Compressed bytes of everything that is fetched before the prompt, without the emulator itself. */
export function promptBytes(manifest: Manifest): number {
  const chunks = [
    ...manifest.blocks.chunks.slice(0, manifest.blocks.ramChunks),
    ...blobsOf(manifest).flatMap((blob) => blob.chunks),
  ];
  return chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
}
