/** What is decided before there is an emulator. The rest is in worker/node/machine.guest.test.ts. */
import { beforeAll, describe, expect, it } from "vitest";
import { type Blob, BLOCK_BYTES, type Manifest } from "../../contract/manifest";
import { ChunkFetcher } from "../disk/chunk-fetcher";
import { MemorySlotStore } from "../disk/overlay";
import { CacheBox, ChunkBox } from "../disk/testing/chunk-box";
import { manifestOfBlocks } from "../disk/testing/sample-manifest";
import { createDecompress, type Decompress } from "../disk/zstd";
import { pattern } from "../lan/testing/random";
import { compileEmulator, type EmulatorCode } from "./emulator/emulator";
import { promptBytes, restoreMachine, type RestoreProgress } from "./restore";

const PAGES = 16;
const EMPTY_MODULE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

let decompress: Decompress;
beforeAll(async () => {
  decompress = await createDecompress();
});

function mapOf(entries: readonly number[], length = PAGES): Uint8Array {
  const map = new Uint32Array(length);
  map.set(entries);
  return new Uint8Array(map.buffer);
}

/** A guest of 16 pages of RAM and 16 blocks of disk: chunk 0 (of 4 blocks) is RAM's, chunk 1 the disk's. */
function sampleGuest(maps: { ram?: Uint8Array; disk?: Uint8Array } = {}): {
  box: ChunkBox;
  manifest: Manifest;
} {
  const box = new ChunkBox();
  const blob = (content: Uint8Array): Blob => ({
    bytes: content.byteLength,
    chunks: [box.addFrame(content)],
  });
  const manifest = manifestOfBlocks(box, pattern(0, 8 * BLOCK_BYTES), 4);
  return {
    box,
    manifest: {
      ...manifest,
      blocks: { ...manifest.blocks, ramChunks: 1, hotChunks: 2 },
      ram: { bytes: PAGES * BLOCK_BYTES, map: blob(maps.ram ?? mapOf([1, 2, 3, 4])) },
      disk: { bytes: PAGES * BLOCK_BYTES, map: blob(maps.disk ?? mapOf([5, 6, 7, 8])) },
      state: blob(pattern(1, 3000)),
      bios: blob(pattern(2, 2000)),
      vgaBios: blob(pattern(3, 1000)),
      warm: { below: blob(pattern(4, 3000)), above: blob(pattern(5, 2000)), code: blob(EMPTY_MODULE) },
    },
  };
}

/** The emulator's code, which is not to be had: what gets so far was accepted. */
const NO_EMULATOR = new Error("no emulator here");

/** By default there is no emulator, and that turns out when all but RAM is here. */
async function failureOf(
  { box, manifest }: { box: ChunkBox; manifest: Manifest },
  options: { cache?: CacheBox; signal?: AbortSignal; wasm?: Promise<EmulatorCode> } = {},
): Promise<{ error: unknown; progress: RestoreProgress[] }> {
  const progress: RestoreProgress[] = [];
  let refuse: (reason: Error) => void = () => undefined;
  const missing = new Promise<EmulatorCode>((_, reject) => (refuse = reject));
  const { cache, signal, wasm = missing } = options;
  // Whichever is not awaited has failed for nobody.
  for (const promise of [wasm, missing]) promise.catch(() => undefined);
  const ram = manifest.blocks.chunks.slice(0, manifest.blocks.ramChunks);
  const allButRam = promptBytes(manifest) - ram.reduce((sum, chunk) => sum + chunk.bytes, 0);
  const fetcher = new ChunkFetcher({
    source: box,
    retryDelays: [],
    ...(cache === undefined ? {} : { cache }),
  });
  const restored = restoreMachine({
    manifest,
    fetcher,
    decompress,
    wasm,
    overlayStore: new MemorySlotStore(),
    onProgress: (step) => {
      progress.push(step);
      if (step.kind === "loading" && step.bytes >= allButRam) refuse(NO_EMULATOR);
    },
    onDiskFault: () => undefined,
    ...(signal === undefined ? {} : { signal }),
  });
  const error: unknown = await restored.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error, progress };
}

describe("promptBytes", () => {
  it("counts RAM's chunks and every blob, not the disk's chunks", () => {
    const { manifest } = sampleGuest();
    const { ram, disk, state, bios, vgaBios, warm } = manifest;
    const blobs = [ram.map, disk.map, state, bios, vgaBios, warm.below, warm.above, warm.code];
    const chunks = [...manifest.blocks.chunks.slice(0, 1), ...blobs.flatMap((blob) => blob.chunks)];
    expect(promptBytes(manifest)).toBe(chunks.reduce((sum, chunk) => sum + chunk.bytes, 0));
    expect(promptBytes({ ...manifest, blocks: { ...manifest.blocks, ramChunks: 0 } })).toBe(
      promptBytes(manifest) - (manifest.blocks.chunks[0]?.bytes ?? NaN),
    );
  });
});

describe("restoreMachine", () => {
  it("gets as far as the emulator with a sound guest, and says how far it is", async () => {
    const guest = sampleGuest();
    const { error, progress } = await failureOf(guest);
    expect(error).toBe(NO_EMULATOR);
    const total = promptBytes(guest.manifest);
    const ram = guest.manifest.blocks.chunks[0]?.bytes ?? NaN;
    expect(progress[0]).toEqual({ kind: "loading", bytes: 0, total, cached: 0 });
    expect(progress.at(-1)).toEqual({ kind: "loading", bytes: total - ram, total, cached: 0 });
    const bytes = progress.map((step) => (step.kind === "loading" ? step.bytes : NaN));
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
  });

  it("says what came from the cache", async () => {
    const guest = sampleGuest();
    const cache = new CacheBox();
    await failureOf(guest, { cache });
    const { progress } = await failureOf(guest, { cache });
    const last = progress.at(-1);
    expect(last?.kind === "loading" && last.cached === last.bytes && last.cached > 0).toBe(true);
  });

  it("refuses an emulator that is not the snapshot's, before it makes a machine", async () => {
    const wasm = compileEmulator(EMPTY_MODULE);
    const { error } = await failureOf(sampleGuest(), { wasm });
    expect(error).toMatchObject({ code: "version-mismatch", subject: "v86.wasm" });
  });

  it("fails with the chunk that could not be had", async () => {
    const guest = sampleGuest();
    const lost = guest.manifest.state.chunks[0];
    if (lost === undefined) throw new Error("no chunk");
    guest.box.answer(lost, () => new Uint8Array(1));
    expect((await failureOf(guest)).error).toMatchObject({ code: "bad-chunk", subject: lost.sha256 });
  });

  it("can be cancelled", async () => {
    const { error } = await failureOf(sampleGuest(), { signal: AbortSignal.abort() });
    expect(error).toMatchObject({ code: "aborted" });
  });

  const bad: [string, Parameters<typeof sampleGuest>[0], ((manifest: Manifest) => Manifest) | undefined][] = [
    ["a map of RAM that is too short", { ram: mapOf([], PAGES - 1) }, undefined],
    ["a map of RAM that is too long", { ram: mapOf([], PAGES + 1) }, undefined],
    ["a page of RAM beyond the last block", { ram: mapOf([9]) }, undefined],
    ["a page of RAM in a chunk that is fetched later", { ram: mapOf([1, 5]) }, undefined],
    ["a map of the disk that is too short", { disk: mapOf([], PAGES - 1) }, undefined],
    ["a disk block beyond the last block", { disk: mapOf([0, 9]) }, undefined],
    [
      "an emulator with more memory than the snapshot has",
      {},
      (manifest) => ({
        ...manifest,
        emulator: { ...manifest.emulator, memoryBytes: 2 * PAGES * BLOCK_BYTES },
      }),
    ],
    [
      "a blob with a chunk too few",
      {},
      (manifest) => ({ ...manifest, state: { ...manifest.state, chunks: [] } }),
    ],
  ];
  it.each(bad)("refuses %s before it makes a machine", async (_, maps, change) => {
    const guest = sampleGuest(maps);
    const manifest = change?.(guest.manifest) ?? guest.manifest;
    expect((await failureOf({ box: guest.box, manifest })).error).toMatchObject({ code: "bad-manifest" });
  });
});
