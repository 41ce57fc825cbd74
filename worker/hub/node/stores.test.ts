import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { digestOf } from "../digest";
import { StorageFullError } from "../errors";
import { createMemoryStorage } from "../storage/memory-store";
import type { RegistryStorage } from "../storage/store";
import { openFileStorage as openUnclosed, type FileStorage } from "./file-store";

const folders: string[] = [];
const storages: FileStorage[] = [];

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "drydock-store-"));
  folders.push(folder);
  return folder;
}

/** Opened for one test. */
async function openFileStorage(folder: string, quota?: number): Promise<FileStorage> {
  const storage = await openUnclosed(folder, quota);
  storages.push(storage);
  return storage;
}

/** The folder as the next process finds it. */
async function reopen(storage: FileStorage, folder: string, quota?: number): Promise<FileStorage> {
  storages.splice(storages.indexOf(storage), 1);
  await storage.close();
  return openFileStorage(folder, quota);
}

afterEach(async () => {
  for (const storage of storages.splice(0)) await storage.close();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function read(stream: ReadableStream<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}

const bytes = (text: string) => new TextEncoder().encode(text);

const stores: readonly (readonly [string, (quota?: number) => Promise<RegistryStorage>])[] = [
  ["memory", (quota) => Promise.resolve(createMemoryStorage(quota))],
  ["files", async (quota) => openFileStorage(await makeFolder(), quota)],
];

describe.each(stores)("a blob store in %s", { timeout: 30_000 }, (_, open) => {
  it("makes a blob of what was staged, and reads any part of it", async () => {
    const { blobs } = await open();
    const digest = await digestOf(bytes("hello world"));
    const staging = await blobs.stage();
    await staging.append(bytes("hello "));
    await staging.append(bytes(""));
    await staging.append(bytes("world"));
    expect(staging.size).toBe(11);
    expect(await read(staging.read())).toBe("hello world");
    expect(await blobs.size(digest)).toBeUndefined();
    await staging.commit(digest);
    expect(await blobs.size(digest)).toBe(11);
    expect(await blobs.list()).toEqual([digest]);
    for (const [start, end] of [
      [0, 11],
      [0, 0],
      [4, 8],
      [6, 11],
      [11, 11],
    ] as const) {
      expect(await read(await blobs.read(digest, start, end))).toBe("hello world".slice(start, end));
    }
    await blobs.delete(digest);
    await blobs.delete(digest);
    expect(await blobs.size(digest)).toBeUndefined();
    await expect(blobs.read(digest, 0, 1)).rejects.toThrow();
  });

  it("keeps nothing of what was discarded, and takes no bytes after the end", async () => {
    const { blobs } = await open(10);
    const staging = await blobs.stage();
    await staging.append(bytes("0123456789"));
    await staging.discard();
    await staging.discard();
    await expect(staging.append(bytes("x"))).rejects.toThrow("ended");
    await expect(staging.commit(await digestOf(bytes("x")))).rejects.toThrow();
    const next = await blobs.stage();
    await next.append(bytes("0123456789"));
    expect(await blobs.list()).toEqual([]);
    await next.discard();
  });

  it("sweeps away nothing that is in use", async () => {
    const { blobs } = await open();
    const staging = await blobs.stage();
    await staging.append(bytes("live"));
    expect(await blobs.sweep()).toBe(false);
    const digest = await digestOf(bytes("live"));
    await staging.commit(digest);
    expect(await read(await blobs.read(digest, 0, 4))).toBe("live");
  });

  it("refuses what does not fit, and keeps what was there", async () => {
    const { blobs } = await open(10);
    const staging = await blobs.stage();
    await staging.append(bytes("12345678"));
    await expect(staging.append(bytes("901"))).rejects.toBeInstanceOf(StorageFullError);
    expect(await read(staging.read())).toBe("12345678");
    await staging.append(bytes("90"));
    await staging.commit(await digestOf(bytes("1234567890")));
    expect(await blobs.list()).toHaveLength(1);
  });

  it("counts a blob that comes twice once", async () => {
    const { blobs } = await open(20);
    const digest = await digestOf(bytes("0123456789"));
    for (let count = 0; count < 5; count += 1) {
      const staging = await blobs.stage();
      await staging.append(bytes("0123456789"));
      await staging.commit(digest);
    }
    await blobs.delete(digest);
    const staging = await blobs.stage();
    await staging.append(new Uint8Array(20));
    expect(await blobs.list()).toEqual([]);
    await staging.discard();
  });

  it("hands out copies", async () => {
    const { blobs } = await open();
    const mine = bytes("abc");
    const digest = await digestOf(mine);
    const staging = await blobs.stage();
    await staging.append(mine);
    mine.fill(0);
    await staging.commit(digest);
    const reader = (await blobs.read(digest, 0, 3)).getReader();
    (await reader.read()).value?.fill(0);
    expect(await read(await blobs.read(digest, 0, 3))).toBe("abc");
  });
});

describe.each(stores)("a metadata store in %s", { timeout: 30_000 }, (_, open) => {
  it("keeps values by key, and lists keys by prefix in order", async () => {
    const { metadata } = await open();
    await metadata.write(new Map([["a/2", "two"], ["a/10", "ten"], ["b", "b"], ["a/_", "under"]])); // prettier-ignore
    expect(await metadata.get("a/2")).toBe("two");
    expect(await metadata.get("a/")).toBeUndefined();
    expect(await metadata.keys("a/")).toEqual(["a/10", "a/2", "a/_"]);
    await metadata.write(new Map([["a/2", undefined], ["b", "again"], ["none", undefined]])); // prettier-ignore
    expect(await metadata.keys("")).toEqual(["a/10", "a/_", "b"]);
    expect(await metadata.get("b")).toBe("again");
  });

  it("writes all or nothing when it is full, and counts what it gives back", async () => {
    const { metadata } = await open(20);
    await metadata.write(new Map([["key", "1234567"]]));
    const tooMuch = new Map([["key", undefined], ["other", "x".repeat(20)]]); // prettier-ignore
    await expect(metadata.write(tooMuch)).rejects.toBeInstanceOf(StorageFullError);
    expect(await metadata.get("key")).toBe("1234567");
    await metadata.write(new Map([["key", undefined], ["other", "x".repeat(15)]])); // prettier-ignore
    expect(await metadata.keys("")).toEqual(["other"]);
  });
});

describe("a folder", () => {
  it("has everything again when it is opened anew, but what was only staged", async () => {
    const folder = await makeFolder();
    const digest = await digestOf(bytes("kept"));
    const first = await openFileStorage(folder);
    const staging = await first.blobs.stage();
    await staging.append(bytes("kept"));
    await staging.commit(digest);
    const half = await first.blobs.stage();
    await half.append(bytes("half"));
    await first.metadata.write(new Map([["a", "1"], ["b", "2"]])); // prettier-ignore
    await first.metadata.write(new Map([["a", undefined], ["b", "3"]])); // prettier-ignore
    const second = await reopen(first, folder);
    expect(await read(await second.blobs.read(digest, 0, 4))).toBe("kept");
    expect(await second.metadata.keys("")).toEqual(["b"]);
    expect(await second.metadata.get("b")).toBe("3");
    expect(await readdir(join(folder, "staging"))).toEqual([]);
    await half.discard();
  });

  it("is opened although its last line was cut off, or lines are no changes", async () => {
    const folder = await makeFolder();
    const first = await openFileStorage(folder);
    await first.metadata.write(new Map([["a", "1"]]));
    const log = join(folder, "metadata.jsonl");
    await appendFile(log, '{"not":"changes"}\n[["b",5]]\n[["c","2"]]\n[["a",nul');
    const second = await reopen(first, folder);
    expect(await second.metadata.keys("")).toEqual(["a", "c"]);
    expect((await readFile(log, "utf8")).trimEnd().split("\n")).toHaveLength(1);
  });

  it("does not take strange files for blobs", async () => {
    const folder = await makeFolder();
    const first = await openFileStorage(folder);
    const hex = (digit: string) => join(folder, "blobs/sha256", digit.repeat(64));
    await writeFile(join(folder, "blobs/sha256/README"), "not a blob");
    await mkdir(hex("a"));
    await symlink("nowhere", hex("b"));
    expect(await (await reopen(first, folder)).blobs.list()).toEqual([]);
  });

  it("takes a blob anew that a power cut has shortened", async () => {
    const folder = await makeFolder();
    const digest = await digestOf(bytes("whole"));
    const push = async ({ blobs }: FileStorage) => {
      const staging = await blobs.stage();
      await staging.append(bytes("whole"));
      await staging.commit(digest);
    };
    const first = await openFileStorage(folder, 10);
    await push(first);
    await truncate(join(folder, "blobs", ...digest.split(":")), 3);
    const second = await reopen(first, folder, 10);
    expect(await second.blobs.size(digest)).toBe(3);
    await push(second);
    expect(await read(await second.blobs.read(digest, 0, 5))).toBe("whole");
    await push(second);
  });

  it("belongs to one at a time, by whatever path", async () => {
    const folder = await makeFolder();
    const first = await openFileStorage(folder);
    const staging = await first.blobs.stage();
    await staging.append(bytes("first"));
    const link = `${folder}-link`;
    await symlink(folder, link);
    try {
      for (const path of [folder, link])
        await expect(openFileStorage(path)).rejects.toThrow(`${path} is in use by another registry`);
    } finally {
      await rm(link);
    }
    await staging.commit(await digestOf(bytes("first")));
    await first.metadata.write(new Map([["a", "1"]]));
    const second = await reopen(first, folder);
    expect(await second.metadata.get("a")).toBe("1");
    expect(await second.blobs.list()).toHaveLength(1);
  });

  it("counts what it holds against the quota, even when that is more", async () => {
    const folder = await makeFolder();
    const first = await openFileStorage(folder);
    await first.metadata.write(new Map([["a", "x".repeat(100)]]));
    const second = await reopen(first, folder, 50);
    expect(await second.metadata.keys("")).toEqual(["a"]);
    await expect(second.metadata.write(new Map([["b", "1"]]))).rejects.toBeInstanceOf(StorageFullError);
    await second.metadata.write(new Map([["a", undefined]]));
    await second.metadata.write(new Map([["b", "1"]]));
  });
});
