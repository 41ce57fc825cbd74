/**
 * Stores in a folder, for `npm run registry`. One process owns the folder.
 *
 *     blobs/<algorithm>/<hex>   a blob, moved here when it is whole
 *     staging/<number>          bytes of an upload
 *     metadata.jsonl            a line for every write, replayed at the start; a line that was cut off never happened
 */
import { createReadStream, createWriteStream, type WriteStream } from "node:fs";
import {
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
  type FileHandle,
} from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { z } from "zod";
import { hasCode } from "../../../contract/errors";
import { StorageFullError } from "../errors";
import { MemoryMetadataStore, Quota } from "../storage/memory-store";
import { isDigest, type Digest } from "../names";
import { decode } from "../storage/records";
import { Serial } from "../storage/serial";
import { type BlobStore, type MetadataStore, type RegistryStorage, type Staging } from "../storage/store";

const changesSchema = z.array(z.tuple([z.string(), z.string().nullable()]));

/** Opens the folder, making it when it is not there. `quotaBytes` limits blobs and metadata together. */
export async function openFileStorage(folder: string, quotaBytes = Infinity): Promise<RegistryStorage> {
  const quota = new Quota(quotaBytes);
  const blobs = await FileBlobStore.open(folder, quota);
  const metadata = await FileMetadataStore.open(join(folder, "metadata.jsonl"), quota);
  return { blobs, metadata, serial: new Serial() };
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
      for (const hex of await readdir(join(folder, "blobs", algorithm))) {
        const digest = `${algorithm}:${hex}`;
        if (isDigest(digest)) sizes.set(digest, (await stat(join(folder, "blobs", algorithm, hex))).size);
      }
    }
    for (const size of sizes.values()) quota.reserve(size);
    const store = new FileBlobStore(folder, quota, sizes);
    await store.sweep();
    return store;
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
    return new FileStaging(path, await open(path, "w"), this.#quota, async (digest, size) => {
      if (this.#sizes.has(digest)) return false;
      await rename(path, this.#path(digest));
      this.#sizes.set(digest, size);
      return true;
    });
  }

  async sweep(): Promise<void> {
    await rm(join(this.#folder, "staging"), { recursive: true, force: true });
    await mkdir(join(this.#folder, "staging"), { recursive: true });
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

  /** `keep` moves the file to its place, unless the blob is there: then it says false. */
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
      let written = 0;
      while (written < bytes.length) {
        const rest = bytes.subarray(written);
        written += (await this.#file.write(rest, 0, rest.length, this.size + written)).bytesWritten;
      }
      this.size += bytes.length;
    } catch (error) {
      this.#quota.give(bytes.length);
      throw isNoSpace(error) ? new StorageFullError("the disk is full", { cause: error }) : error;
    }
  }

  read(): ReadableStream<Uint8Array> {
    return Readable.toWeb(createReadStream(this.#path)) as ReadableStream<Uint8Array>;
  }

  async commit(digest: Digest): Promise<void> {
    if (this.#ended) throw new Error("the staging has ended");
    if (!(await this.#keep(digest, this.size))) return this.discard();
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
  readonly #log: WriteStream;

  private constructor(values: MemoryMetadataStore, log: WriteStream) {
    this.#values = values;
    this.#log = log;
  }

  /** Replays the log, and writes it anew so that it does not grow for ever. */
  static async open(path: string, quota: Quota): Promise<FileMetadataStore> {
    const values = new Map<string, string>();
    for (const line of (await readIfThere(path)).split("\n")) {
      for (const [key, value] of decode(changesSchema, line) ?? []) {
        if (value === null) values.delete(key);
        else values.set(key, value);
      }
    }
    await writeFile(`${path}.new`, encode(values));
    await rename(`${path}.new`, path);
    return new FileMetadataStore(
      new MemoryMetadataStore(quota, values),
      createWriteStream(path, { flags: "a" }),
    );
  }

  get(key: string): Promise<string | undefined> {
    return this.#values.get(key);
  }

  keys(prefix: string): Promise<readonly string[]> {
    return this.#values.keys(prefix);
  }

  async write(changes: ReadonlyMap<string, string | undefined>): Promise<void> {
    if (changes.size === 0) return;
    await this.#values.write(changes);
    await new Promise<void>((resolve, reject) => {
      this.#log.write(encode(changes), (error) => (error ? reject(error) : resolve()));
    });
  }
}

function encode(changes: ReadonlyMap<string, string | undefined>): string {
  const entries = [...changes].map(([key, value]) => [key, value ?? null]);
  return entries.length === 0 ? "" : `${JSON.stringify(entries)}\n`;
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return "";
    throw error;
  }
}

function isNoSpace(error: unknown): boolean {
  return hasCode(error, "ENOSPC", "EDQUOT");
}
