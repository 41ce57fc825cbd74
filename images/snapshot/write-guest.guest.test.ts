/** A small snapshot, written by the real zstd and loaded back by the worker's own code. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BlockStore, decodeBlockMap, readBlob } from "../../worker/disk/block-store";
import { ChunkFetcher } from "../../worker/disk/chunk-fetcher";
import { type BaseDisk, ChunkedBase } from "../../worker/disk/disk";
import { flipBit } from "../../worker/disk/testing/chunk-box";
import { firstDifference } from "../../worker/disk/testing/first-difference";
import { createDecompress, type Decompress } from "../../worker/disk/zstd";
import { pattern, seededRandom } from "../../worker/lan/testing/random";
import { chunkFolder, readManifest } from "../../worker/node/chunk-folder";
import { BLOCK_BYTES, type Chunk, type Manifest } from "../../contract/manifest";
import { createToolRunner } from "../pipeline/run-tool";
import type { Snapshot } from "./take-snapshot";
import { type GuestDescription, writeGuest } from "./write-guest";

const PAGES = 600;
const DISK_BLOCKS = 1700;

/** A disk in memory. */
class ArrayDisk implements BaseDisk {
  constructor(readonly bytes: Uint8Array) {}

  get byteLength(): number {
    return this.bytes.byteLength;
  }

  peekBlocks(first: number, into: Uint8Array): boolean {
    into.set(this.bytes.subarray(first * BLOCK_BYTES, first * BLOCK_BYTES + into.byteLength));
    return true;
  }

  readBlocks(first: number, into: Uint8Array): Promise<void> {
    this.peekBlocks(first, into);
    return Promise.resolve();
  }
}

/** 1 is all of 1s, and so on; from 1000 on they are noise that does not compress. */
function blockOf(kind: number): Uint8Array<ArrayBuffer> {
  return kind < 1000 ? new Uint8Array(BLOCK_BYTES).fill(kind % 251) : pattern(kind * 7919, BLOCK_BYTES);
}

interface Sample {
  readonly snapshot: Snapshot;
  readonly ram: Uint8Array;
  readonly disk: Uint8Array;
  readonly guest: GuestDescription;
}

/** RAM and a disk that have zeros, blocks of their own and blocks in common. */
function makeSample(seed: number): Sample {
  const random = seededRandom(seed);
  const kind = (own: number): number => {
    const luck = random();
    if (luck < 0.2) return 0;
    return luck < 0.5 ? 2000 + Math.floor(random() * 300) : own + Math.floor(random() * 400);
  };
  const ram = new Uint8Array(PAGES * BLOCK_BYTES);
  const pages = new Map<number, Uint8Array>();
  for (let page = 0; page < PAGES; page++) {
    const bytes = blockOf(kind(5000));
    ram.set(bytes, page * BLOCK_BYTES);
    if (bytes.some((byte) => byte !== 0)) pages.set(page, bytes);
  }
  const disk = new Uint8Array(DISK_BLOCKS * BLOCK_BYTES);
  for (let block = 0; block < DISK_BLOCKS; block++) disk.set(blockOf(kind(9000)), block * BLOCK_BYTES);
  const hotBlocks = [...new Set(Array.from({ length: 200 }, () => Math.floor(random() * DISK_BLOCKS)))];
  return {
    ram,
    disk,
    snapshot: {
      thinState: pattern(1, 1_300_000).buffer,
      warm: { below: pattern(4, 700_000), above: pattern(5, 65_536), code: pattern(6, 530_000) },
      pages,
      disk: new ArrayDisk(disk),
      hotBlocks,
      screens: ["one # ", "二 $ ", ""].map((text) => new TextEncoder().encode(text)),
    },
    guest: {
      emulator: {
        version: "1.2.3",
        sha256: "e".repeat(64),
        memoryBytes: ram.byteLength,
        vgaMemoryBytes: 4096,
        commandLine: "quiet root=/dev/sda",
      },
      provenance: { kernel: "6.12.9", packages: { docker: "26.1.5" }, losses: {} },
      bios: pattern(2, 131_072),
      vgaBios: pattern(3, 39_000),
    },
  };
}

const sample = makeSample(1);
let root: string;
let folder: string;
let manifest: Manifest;
let decompress: Decompress;

async function write(of: Sample, name: string): Promise<{ out: string; manifest: Manifest; work: string }> {
  const out = join(root, name);
  const work = join(root, `${name}-work`);
  await mkdir(out);
  await mkdir(work);
  const { run } = createToolRunner(join(root, `${name}.log`));
  const context = { out, work, run, say: () => undefined };
  return { out, work, manifest: await writeGuest(of.snapshot, of.guest, context) };
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "drydock-guest-"));
  ({ out: folder, manifest } = await write(sample, "guest"));
  decompress = await createDecompress();
});
afterAll(() => rm(root, { recursive: true }));

interface Loaded {
  readonly fetcher: ChunkFetcher;
  readonly store: BlockStore;
  readonly ramMap: Uint32Array;
  readonly diskMap: Uint32Array;
}

async function load(from: string): Promise<Loaded> {
  const read = await readManifest(from);
  const fetcher = new ChunkFetcher({ source: chunkFolder(from), retryDelays: [] });
  const map = async ({ bytes, map: blob }: Manifest["ram"]): Promise<Uint32Array> =>
    decodeBlockMap(await readBlob(blob, fetcher, decompress), bytes, read.blocks.count);
  const store = new BlockStore({ manifest: read, fetcher, decompress });
  return { fetcher, store, ramMap: await map(read.ram), diskMap: await map(read.disk) };
}

async function readAll(map: Uint32Array, store: BlockStore): Promise<Uint8Array> {
  const bytes = new Uint8Array(map.length * BLOCK_BYTES);
  await new ChunkedBase(map, store).readBlocks(0, bytes);
  return bytes;
}

function allChunks({ blocks, ram, disk, state, bios, vgaBios, warm }: Manifest): Chunk[] {
  const blobs = [ram.map, disk.map, state, bios, vgaBios, warm.below, warm.above, warm.code];
  return [...blocks.chunks, ...blobs.flatMap(({ chunks }) => chunks)];
}

describe("a guest that was written", () => {
  it("has every byte of disk and RAM when it is loaded", async () => {
    const { store, ramMap, diskMap } = await load(folder);
    expect(firstDifference(await readAll(ramMap, store), sample.ram)).toBe(-1);
    expect(firstDifference(await readAll(diskMap, store), sample.disk)).toBe(-1);
  });

  it("has the state, the firmware, the screens and where it came from", async () => {
    const { fetcher } = await load(folder);
    const { snapshot, guest } = sample;
    const state = await readBlob(manifest.state, fetcher, decompress);
    expect(firstDifference(state, new Uint8Array(snapshot.thinState))).toBe(-1);
    expect(firstDifference(await readBlob(manifest.bios, fetcher, decompress), guest.bios)).toBe(-1);
    const { below, above, code } = manifest.warm;
    expect(firstDifference(await readBlob(below, fetcher, decompress), snapshot.warm.below)).toBe(-1);
    expect(firstDifference(await readBlob(above, fetcher, decompress), snapshot.warm.above)).toBe(-1);
    expect(firstDifference(await readBlob(code, fetcher, decompress), snapshot.warm.code)).toBe(-1);
    expect(firstDifference(await readBlob(manifest.vgaBios, fetcher, decompress), guest.vgaBios)).toBe(-1);
    expect(manifest.screens.map((screen) => Buffer.from(screen, "base64").toString())).toEqual([
      "one # ",
      "二 $ ",
      "",
    ]);
    expect(manifest.emulator).toEqual(guest.emulator);
    expect(manifest.provenance).toEqual(guest.provenance);
  });

  it("has the manifest that was returned, and exactly the files that it names, each with its size", async () => {
    expect(await readManifest(folder)).toEqual(manifest);
    expect((await readdir(folder)).sort()).toEqual(["chunks", "manifest.json"]);
    const chunks = allChunks(manifest);
    expect((await readdir(join(folder, "chunks"))).sort()).toEqual(
      [...new Set(chunks.map(({ sha256 }) => sha256))].sort(),
    );
    for (const { sha256, bytes } of chunks) {
      expect((await stat(join(folder, "chunks", sha256))).size).toBe(bytes);
    }
  });

  it("stores what RAM and disk have in common once", () => {
    const distinct = new Set<string>();
    for (const bytes of [sample.ram, sample.disk]) {
      for (let at = 0; at < bytes.byteLength; at += BLOCK_BYTES) {
        distinct.add(Buffer.from(bytes.subarray(at, at + BLOCK_BYTES)).toString("latin1"));
      }
    }
    // Zeros are not stored at all.
    distinct.delete(Buffer.alloc(BLOCK_BYTES).toString("latin1"));
    expect(manifest.blocks.count).toBe(distinct.size);
    expect(manifest.blocks.chunks).toHaveLength(Math.ceil(distinct.size / manifest.blocks.blocksPerChunk));
  });

  it("has RAM's blocks first, then the hot ones in the order of reading, then the rest", async () => {
    const { ramMap, diskMap } = await load(folder);
    const { blocksPerChunk, ramChunks, hotChunks, chunks } = manifest.blocks;
    const lastRam = ramMap.reduce((most, entry) => Math.max(most, entry), 0);
    expect(ramChunks).toBe(Math.ceil(lastRam / blocksPerChunk));
    const hot = sample.snapshot.hotBlocks
      .map((block) => diskMap[block] ?? 0)
      .filter((entry) => entry > lastRam);
    const firstSeen = [...new Set(hot)];
    expect(firstSeen).toEqual(Array.from(firstSeen, (_, index) => lastRam + 1 + index));
    expect(hotChunks).toBe(Math.ceil(Math.max(...hot) / blocksPerChunk));
    expect(ramChunks).toBeLessThan(hotChunks);
    expect(hotChunks).toBeLessThan(chunks.length);
  });

  it("leaves nothing behind in the work folder", async () => {
    const { work } = await write(makeSample(2), "other");
    expect(await readdir(work)).toEqual([]);
  });

  it("is named by its content", async () => {
    expect((await write(makeSample(1), "same")).manifest).toEqual(manifest);
    const changed = makeSample(1);
    changed.disk[5 * BLOCK_BYTES] = (changed.disk[5 * BLOCK_BYTES] ?? 0) ^ 1;
    expect((await write(changed, "changed")).manifest.id).not.toBe(manifest.id);
  });
});

describe("a chunk file", () => {
  const ruin: [string, (path: string) => Promise<void>][] = [
    ["missing", unlink],
    ["empty", (path) => writeFile(path, "")],
    ["altered", async (path) => writeFile(path, flipBit(await readFile(path)))],
    ["cut off", async (path) => writeFile(path, (await readFile(path)).subarray(1))],
  ];
  it.each(ruin)("that is %s is named, and no byte of it is believed", async (what, damage) => {
    const { out } = await write(makeSample(3), what.replace(" ", "-"));
    const written = await readManifest(out);
    const { store, diskMap } = await load(out);
    const { chunks, blocksPerChunk } = written.blocks;
    const last = chunks.at(-1);
    if (last === undefined) throw new Error("no chunks");
    await damage(join(out, "chunks", last.sha256));
    await expect(readAll(diskMap, store)).rejects.toMatchObject({ code: "bad-chunk", subject: last.sha256 });
    const from = (chunks.length - 1) * blocksPerChunk;
    const rest = diskMap.map((entry) => (entry > from ? 0 : entry));
    const bytes = await readAll(rest, store);
    const expected = makeSample(3).disk;
    diskMap.forEach((entry, block) => {
      if (entry > from) expected.fill(0, block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES);
    });
    expect(firstDifference(bytes, expected)).toBe(-1);
  });
});
