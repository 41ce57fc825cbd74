/**
 * The registry's blobs in private files (OPFS). Runs in a worker, where files have synchronous handles.
 *
 *     registry/blobs/sha256-<hex>       a blob, moved here when it is whole
 *     registry/staging/<worker>/<n>     bytes of an upload; a Web Lock tells which workers live
 */
import { StorageFullError } from "../hub/errors";
import { isDigest, type Digest } from "../hub/names";
import type { BlobStore, Staging } from "../hub/storage/store";
import { asStorageError } from "./registry-metadata";
import { holdLock, namesWithoutLock } from "./worker-lock";

const LOCK_PREFIX = "drydock-registry-staging-";

/** `move` is in every browser that has OPFS, and not yet in TypeScript's library. */
interface MovableFile extends FileSystemFileHandle {
  move(folder: FileSystemDirectoryHandle, name: string): Promise<void>;
}

export class OpfsBlobStore implements BlobStore {
  readonly #blobs: FileSystemDirectoryHandle;
  readonly #allStaging: FileSystemDirectoryHandle;
  readonly #staging: FileSystemDirectoryHandle;
  #count = 0;

  private constructor(
    blobs: FileSystemDirectoryHandle,
    allStaging: FileSystemDirectoryHandle,
    staging: FileSystemDirectoryHandle,
  ) {
    this.#blobs = blobs;
    this.#allStaging = allStaging;
    this.#staging = staging;
  }

  /** Opens the folder `name`, making it when it is not there. Rejects where the browser has no OPFS. */
  static async open(name: string): Promise<OpfsBlobStore> {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(name, { create: true });
    const blobs = await folder.getDirectoryHandle("blobs", { create: true });
    const allStaging = await folder.getDirectoryHandle("staging", { create: true });
    const worker = crypto.randomUUID();
    await holdLock(LOCK_PREFIX + worker);
    const staging = await allStaging.getDirectoryHandle(worker, { create: true });
    const store = new OpfsBlobStore(blobs, allStaging, staging);
    await store.sweep();
    return store;
  }

  async size(digest: Digest): Promise<number | undefined> {
    return (await this.#file(digest))?.size;
  }

  async read(digest: Digest, start: number, end: number): Promise<ReadableStream<Uint8Array>> {
    const file = await this.#file(digest);
    if (file === undefined) throw new Error(`no blob ${digest}`);
    return file.slice(start, end).stream();
  }

  async delete(digest: Digest): Promise<void> {
    await removeIfThere(this.#blobs, fileName(digest));
  }

  async list(): Promise<readonly Digest[]> {
    const digests: Digest[] = [];
    for await (const name of this.#blobs.keys()) {
      const digest = name.replace("-", ":");
      if (isDigest(digest)) digests.push(digest);
    }
    return digests;
  }

  async stage(): Promise<Staging> {
    this.#count += 1;
    const name = String(this.#count);
    const { file, access } = await this.#create(name);
    return new OpfsStaging(access, {
      keep: async (digest) => {
        if ((await this.size(digest)) !== undefined) return this.#discard(name);
        await file.move(this.#blobs, fileName(digest));
      },
      drop: () => this.#discard(name),
    });
  }

  async sweep(): Promise<boolean> {
    const names = await namesWithoutLock(this.#allStaging, LOCK_PREFIX);
    for (const name of names) await removeIfThere(this.#allStaging, name);
    return names.length > 0;
  }

  async #create(name: string): Promise<{ file: MovableFile; access: FileSystemSyncAccessHandle }> {
    try {
      const file = (await this.#staging.getFileHandle(name, { create: true })) as MovableFile;
      return { file, access: await file.createSyncAccessHandle() };
    } catch (error) {
      // Even an empty file wants room.
      throw asStorageError(error);
    }
  }

  async #discard(name: string): Promise<void> {
    await removeIfThere(this.#staging, name);
  }

  async #file(digest: Digest): Promise<File | undefined> {
    try {
      return await (await this.#blobs.getFileHandle(fileName(digest))).getFile();
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}

interface StagingFile {
  readonly keep: (digest: Digest) => Promise<void>;
  readonly drop: () => Promise<void>;
}

class OpfsStaging implements Staging {
  size = 0;
  readonly #access: FileSystemSyncAccessHandle;
  readonly #file: StagingFile;
  #ended = false;

  constructor(access: FileSystemSyncAccessHandle, file: StagingFile) {
    this.#access = access;
    this.#file = file;
  }

  append(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      if (this.#ended) throw new Error("the staging has ended");
      this.#write(bytes as Uint8Array<ArrayBuffer>);
      resolve();
    });
  }

  /** Through the handle, because a file with a synchronous handle cannot be read in any other way. */
  read(): ReadableStream<Uint8Array> {
    const { size } = this;
    let at = 0;
    return new ReadableStream<Uint8Array>({
      pull: (controller) => {
        const bytes = new Uint8Array(Math.min(64 * 1024, size - at));
        const read = bytes.length === 0 ? 0 : this.#access.read(bytes, { at });
        at += read;
        if (read === 0) controller.close();
        else controller.enqueue(bytes.subarray(0, read));
      },
    });
  }

  async commit(digest: Digest): Promise<void> {
    if (this.#ended) throw new Error("the staging has ended");
    this.#ended = true;
    this.#access.flush();
    this.#access.close();
    try {
      await this.#file.keep(digest);
    } catch (error) {
      await this.#file.drop();
      throw error;
    }
  }

  async discard(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#access.close();
    await this.#file.drop();
  }

  #write(bytes: Uint8Array<ArrayBuffer>): void {
    try {
      const written = this.#access.write(bytes, { at: this.size });
      if (written < bytes.length) throw new StorageFullError("the browser took only a part of it");
      this.size += bytes.length;
    } catch (error) {
      this.#access.truncate(this.size);
      throw asStorageError(error);
    }
  }
}

/** Digests have a colon, which is no character for a file's name everywhere. */
function fileName(digest: Digest): string {
  return digest.replace(":", "-");
}

async function removeIfThere(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    await folder.removeEntry(name, { recursive: true });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof DOMException && error.name === "NotFoundError";
}
