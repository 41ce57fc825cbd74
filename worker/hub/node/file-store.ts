/**
 * Stores in a folder, for `npm run registry`. One process owns the folder, and a lock sees to it: opening it sweeps and
 * rewrites what another would still be using.
 *
 *     blobs/<algorithm>/<hex>   a blob, moved here when it is whole
 *     staging/<number>          bytes of an upload
 *     metadata.jsonl            a line for every write, replayed at the start; a line that was cut off never happened
 */
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { z } from "zod";
import { hasCode } from "../../../contract/errors";
import { MemoryMetadataStore, Quota } from "../storage/memory-store";
import { isDigest, type Digest } from "../names";
import { decode } from "../storage/records";
import { Serial } from "../storage/serial";
import type { BlobStore, MetadataStore, RegistryStorage, Staging } from "../storage/store";
import { StorageRoom } from "../storage/storage-room";
import { asStorageError, createFile, Log, writeAt } from "./disk-file";
import { lockFolder } from "./folder-lock";

const changesSchema = z.array(z.tuple([z.string(), z.string().nullable()]));

export interface FileStorage extends RegistryStorage {
  /** Ends the writing, once what was begun is done, and lets the next process have the folder. */
  close(): Promise<void>;
}

/**
 * Opens the folder, making it when it is not there. `quotaBytes` limits blobs and metadata together.
 * @throws Error when somebody has it open
 */
export async function openFileStorage(folder: string, quotaBytes = Infinity): Promise<FileStorage> {
  await mkdir(folder, { recursive: true });
  const lock = await lockFolder(folder);
  try {
    const quota = new Quota(quotaBytes);
    const blobs = await FileBlobStore.open(folder, quota);
    const metadata = await FileMetadataStore.open(join(folder, "metadata.jsonl"), quota);
    const serial = new Serial();
    const close = (): Promise<void> =>
      serial.run(async () => {
        await metadata.close();
        await lock.release();
      });
    return { blobs, metadata, serial, room: new StorageRoom(), close };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

class FileBlobStore implements BlobStore {
  readonly #folder: string;
  readonly #quota: Quota;
  readonly #sizes: Map<Digest, number>;
  #staged = 0;

  private constructor(folder: string, quota: Quota, sizes: Map<Digest, number>) {
    this.#folder = folder;
    this.#quota = quota;
    this.#sizes = sizes;
  }

  static async open(folder: string, quota: Quota): Promise<FileBlobStore> {
    const sizes = new Map<Digest, number>();
    for (const algorithm of ["sha256", "sha512"]) {
      await mkdir(join(folder, "blobs", algorithm), { recursive: true });
      for (const entry of await readdir(join(folder, "blobs", algorithm), { withFileTypes: true })) {
        const digest = `${algorithm}:${entry.name}`;
        // Anything else of such a name is not ours: it is not read, and is no reason not to start.
        if (!entry.isFile() || !isDigest(digest)) continue;
        sizes.set(digest, (await stat(join(folder, "blobs", algorithm, entry.name))).size);
      }
    }
    for (const size of sizes.values()) quota.reserve(size);
    await rm(join(folder, "staging"), { recursive: true, force: true });
    await mkdir(join(folder, "staging"));
    return new FileBlobStore(folder, quota, sizes);
  }

  size(digest: Digest): Promise<number | undefined> {
    return Promise.resolve(this.#sizes.get(digest));
  }

  async read(digest: Digest, start: number, end: number): Promise<ReadableStream<Uint8Array>> {
    if (start === end) return new Blob([]).stream() as ReadableStream<Uint8Array>;
    // Opened before the answer begins, so that a blob deleted meanwhile is read to its end.
    const file = await open(this.#path(digest));
    return Readable.toWeb(file.createReadStream({ start, end: end - 1 })) as ReadableStream<Uint8Array>;
  }

  async delete(digest: Digest): Promise<void> {
    const size = this.#sizes.get(digest);
    if (size === undefined) return;
    await rm(this.#path(digest), { force: true });
    this.#sizes.delete(digest);
    this.#quota.give(size);
  }

  list(): Promise<readonly Digest[]> {
    return Promise.resolve([...this.#sizes.keys()]);
  }

  async stage(): Promise<Staging> {
    this.#staged += 1;
    const path = join(this.#folder, "staging", String(this.#staged));
    return new FileStaging(path, await createFile(path), this.#quota, async (digest, size) => {
      const there = this.#sizes.get(digest);
      if (there === size) return false;
      await rename(path, this.#path(digest));
      this.#quota.give(there ?? 0);
      this.#sizes.set(digest, size);
      return true;
    });
  }

  /** Whatever was left went when the folder was opened, and since then it has been ours alone. */
  sweep(): Promise<boolean> {
    return Promise.resolve(false);
  }

  #path(digest: Digest): string {
    return join(this.#folder, "blobs", ...digest.split(":"));
  }
}

class FileStaging implements Staging {
  size = 0;
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #quota: Quota;
  readonly #keep: (digest: Digest, size: number) => Promise<boolean>;
  #ended = false;

  /** `keep` moves the file to its place, unless the blob is there whole: then it says false. */
  constructor(
    path: string,
    file: FileHandle,
    quota: Quota,
    keep: (digest: Digest, size: number) => Promise<boolean>,
  ) {
    this.#path = path;
    this.#file = file;
    this.#quota = quota;
    this.#keep = keep;
  }

  async append(bytes: Uint8Array): Promise<void> {
    if (this.#ended) throw new Error("the staging has ended");
    this.#quota.take(bytes.length);
    try {
      this.size += await writeAt(this.#file, bytes, this.size);
    } catch (error) {
      this.#quota.give(bytes.length);
      throw asStorageError(error);
    }
  }

  read(): ReadableStream<Uint8Array> {
    return Readable.toWeb(createReadStream(this.#path)) as ReadableStream<Uint8Array>;
  }

  async commit(digest: Digest): Promise<void> {
    if (this.#ended) throw new Error("the staging has ended");
    let isKept: boolean;
    try {
      // A name that outlives a power cut must not stand for bytes that did not.
      await this.#file.datasync();
      isKept = await this.#keep(digest, this.size);
    } catch (error) {
      throw asStorageError(error);
    }
    if (!isKept) return this.discard();
    this.#ended = true;
    await this.#file.close();
  }

  async discard(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#quota.give(this.size);
    await this.#file.close();
    await rm(this.#path, { force: true });
  }
}

class FileMetadataStore implements MetadataStore {
  readonly #values: MemoryMetadataStore;
  readonly #log: Log;
  readonly #serial = new Serial();

  private constructor(values: MemoryMetadataStore, log: Log) {
    this.#values = values;
    this.#log = log;
  }

  /** Replays the log, and writes it anew so that it does not grow forever. */
  static async open(path: string, quota: Quota): Promise<FileMetadataStore> {
    const values = new Map<string, string>();
    const old = await readIfThere(path);
    for (const line of old.toString().split("\n")) {
      for (const [key, value] of decode(changesSchema, line) ?? []) {
        if (value === null) values.delete(key);
        else values.set(key, value);
      }
    }
    const log = await Log.open(path, encode(values), old);
    return new FileMetadataStore(new MemoryMetadataStore(quota, values), log);
  }

  get(key: string): Promise<string | undefined> {
    return this.#values.get(key);
  }

  keys(prefix: string): Promise<readonly string[]> {
    return this.#values.keys(prefix);
  }

  async write(changes: ReadonlyMap<string, string | undefined>): Promise<void> {
    if (changes.size === 0) return;
    await this.#serial.run(() => this.#values.write(changes, () => this.#log.append(encode(changes))));
  }

  close(): Promise<void> {
    return this.#serial.run(() => this.#log.close());
  }
}

function encode(changes: ReadonlyMap<string, string | undefined>): string {
  const entries = [...changes].map(([key, value]) => [key, value ?? null]);
  return entries.length === 0 ? "" : `${JSON.stringify(entries)}\n`;
}

async function readIfThere(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return Buffer.alloc(0);
    throw error;
  }
}
