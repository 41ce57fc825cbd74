/** Stores in memory, with an optional limit that both share. */
import { StorageFullError } from "../errors";
import type { Digest } from "../names";
import { Serial } from "./serial";
import { StorageRoom } from "./storage-room";
import type { BlobStore, MetadataStore, RegistryStorage, Staging } from "./store";

const SLICE_BYTES = 64 * 1024;

/** A number of bytes that may be taken and given back. */
export class Quota {
  readonly limit: number;
  #used = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  /** @throws StorageFullError when fewer than `bytes` are left: then none are taken */
  take(bytes: number): void {
    if (this.#used + bytes > this.limit) {
      const left = Math.max(this.limit - this.#used, 0);
      throw new StorageFullError(`${bytes} bytes do not fit into the ${left} left of ${this.limit}`);
    }
    this.#used += bytes;
  }

  /** Counts bytes that are there already, whether they fit or not. */
  reserve(bytes: number): void {
    this.#used += bytes;
  }

  give(bytes: number): void {
    this.#used -= bytes;
  }
}

/** Bytes in the order in which they arrive. */
class Chunks {
  readonly #chunks: Uint8Array[] = [];
  size = 0;

  append(bytes: Uint8Array): void {
    this.#chunks.push(bytes.slice());
    this.size += bytes.length;
  }

  read(start: number, end: number): ReadableStream<Uint8Array> {
    const slices = this.#slices(start, end);
    return new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const next = slices.next();
          if (next.done === true) controller.close();
          else controller.enqueue(next.value);
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** Copies, because a reader may transfer what it gets. */
  *#slices(start: number, end: number): Generator<Uint8Array, void> {
    let at = 0;
    for (const chunk of this.#chunks) {
      const last = Math.min(end - at, chunk.length);
      for (let from = Math.max(start - at, 0); from < last; from += SLICE_BYTES) {
        yield chunk.slice(from, Math.min(from + SLICE_BYTES, last));
      }
      at += chunk.length;
      if (at >= end) return;
    }
  }
}

class MemoryBlobStore implements BlobStore {
  readonly #blobs: Map<Digest, Chunks>;
  readonly #quota: Quota;

  constructor(quota = new Quota(Infinity), initial: ReadonlyMap<Digest, Chunks> = new Map()) {
    this.#quota = quota;
    this.#blobs = new Map(initial);
    for (const { size } of initial.values()) quota.reserve(size);
  }

  /** Another store with the same blobs, which do not change: only their lists go apart. */
  copy(quota: Quota): MemoryBlobStore {
    return new MemoryBlobStore(quota, this.#blobs);
  }

  size(digest: Digest): Promise<number | undefined> {
    return Promise.resolve(this.#blobs.get(digest)?.size);
  }

  read(digest: Digest, start: number, end: number): Promise<ReadableStream<Uint8Array>> {
    const blob = this.#blobs.get(digest);
    return blob === undefined
      ? Promise.reject(new Error(`no blob ${digest}`))
      : Promise.resolve(blob.read(start, end));
  }

  delete(digest: Digest): Promise<void> {
    this.#quota.give(this.#blobs.get(digest)?.size ?? 0);
    this.#blobs.delete(digest);
    return Promise.resolve();
  }

  list(): Promise<readonly Digest[]> {
    return Promise.resolve([...this.#blobs.keys()]);
  }

  stage(): Promise<Staging> {
    let chunks: Chunks | undefined = new Chunks();
    const quota = this.#quota;
    const blobs = this.#blobs;
    const open = (): Chunks => {
      if (chunks === undefined) throw new Error("the staging has ended");
      return chunks;
    };
    const discard = (): Promise<void> => {
      quota.give(chunks?.size ?? 0);
      chunks = undefined;
      return Promise.resolve();
    };
    return Promise.resolve({
      get size() {
        return chunks?.size ?? 0;
      },
      append: async (bytes: Uint8Array) => {
        const target = open();
        quota.take(bytes.length);
        target.append(bytes);
        return Promise.resolve();
      },
      read: () => open().read(0, open().size),
      commit: async (digest: Digest) => {
        const whole = open();
        if (blobs.has(digest)) return discard();
        blobs.set(digest, whole);
        chunks = undefined;
        return Promise.resolve();
      },
      discard,
    });
  }

  /** Nothing outlives the run that staged it. */
  sweep(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

export class MemoryMetadataStore implements MetadataStore {
  readonly #values: Map<string, string>;
  readonly #quota: Quota;

  /** `initial` is there already, whether it fits into the quota or not. */
  constructor(quota = new Quota(Infinity), initial: ReadonlyMap<string, string> = new Map()) {
    this.#quota = quota;
    this.#values = new Map(initial);
    for (const key of initial.keys()) quota.reserve(this.#bytesOf(key));
  }

  /** Another store with the same values. */
  copy(quota: Quota): MemoryMetadataStore {
    return new MemoryMetadataStore(quota, this.#values);
  }

  get(key: string): Promise<string | undefined> {
    return Promise.resolve(this.#values.get(key));
  }

  keys(prefix: string): Promise<readonly string[]> {
    return Promise.resolve([...this.#values.keys()].filter((key) => key.startsWith(prefix)).sort());
  }

  /**
   * With `record`, the changes are made when that has kept them somewhere, and not at all when it fails. Until then no
   * other write may come: what is taken of the quota is the difference to what is there.
   */
  async write(changes: ReadonlyMap<string, string | undefined>, record?: () => Promise<void>): Promise<void> {
    let growth = 0;
    for (const [key, value] of changes) {
      growth += (value === undefined ? 0 : key.length + value.length) - this.#bytesOf(key);
    }
    if (growth > 0) this.#quota.take(growth);
    try {
      await record?.();
    } catch (error) {
      if (growth > 0) this.#quota.give(growth);
      throw error;
    }
    if (growth < 0) this.#quota.give(-growth);
    for (const [key, value] of changes) {
      if (value === undefined) this.#values.delete(key);
      else this.#values.set(key, value);
    }
  }

  #bytesOf(key: string): number {
    const value = this.#values.get(key);
    return value === undefined ? 0 : key.length + value.length;
  }
}

export interface MemoryStorage extends RegistryStorage {
  /** Another storage with the same content; what changes in one from now on is not seen in the other. */
  copy(): MemoryStorage;
}

/** A storage in memory. `quotaBytes` limits blobs and metadata together. */
export function createMemoryStorage(quotaBytes = Infinity): MemoryStorage {
  const quota = new Quota(quotaBytes);
  return storageOf(quota, new MemoryBlobStore(quota), new MemoryMetadataStore(quota));
}

function storageOf(quota: Quota, blobs: MemoryBlobStore, metadata: MemoryMetadataStore): MemoryStorage {
  return {
    blobs,
    metadata,
    serial: new Serial(),
    room: new StorageRoom(),
    copy: () => {
      const own = new Quota(quota.limit);
      return storageOf(own, blobs.copy(own), metadata.copy(own));
    },
  };
}
