/** Kept sessions in the browser's private files (OPFS), and what tabs agree on by Web Locks. */
import { DrydockError } from "../../contract/errors";
import type { FileWriter, SaveFiles, SaveLocks } from "../sessions/files";
import { holdLock } from "./worker-lock";

const FOLDER = "sessions";
const STORE_LOCK = "drydock-sessions";
const SESSION_LOCK = "drydock-session-";
const OWNER_LOCK = "drydock-saves-";
const OPEN_ATTEMPTS = 20;
const OPEN_WAIT_MS = 50;

/** Undefined where there is no OPFS (private windows of some browsers) or no lock. */
export async function openSaves(): Promise<
  { readonly files: SaveFiles; readonly locks: SaveLocks } | undefined
> {
  try {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(FOLDER, { create: true });
    const owner = crypto.randomUUID();
    await holdLock(OWNER_LOCK + owner);
    return { files: new OpfsFiles(folder), locks: webLocks(owner) };
  } catch {
    // Not offered here. The page says so once.
    return undefined;
  }
}

class OpfsFiles implements SaveFiles {
  readonly #folder: FileSystemDirectoryHandle;
  /** Of packs, which never change: asking for one takes longer than reading from it. */
  readonly #packs = new Map<string, File>();

  constructor(folder: FileSystemDirectoryHandle) {
    this.#folder = folder;
  }

  async list(): Promise<ReadonlyMap<string, number>> {
    const sizes = new Map<string, number>();
    for await (const [name, handle] of this.#folder.entries()) {
      if (!(handle instanceof FileSystemFileHandle)) continue;
      try {
        sizes.set(name, (await handle.getFile()).size);
      } catch {
        // Another tab has just removed it.
      }
    }
    return sizes;
  }

  async read(name: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    try {
      const file = await this.#file(name);
      const bytes = new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
      if (bytes.byteLength === length) return bytes;
    } catch (cause) {
      this.#packs.delete(name);
      throw new DrydockError("bad-save", "a file of what was kept cannot be read", { subject: name, cause });
    }
    throw new DrydockError("bad-save", "a file of what was kept is too short", { subject: name });
  }

  async blob(name: string): Promise<Blob> {
    try {
      return await this.#file(name);
    } catch (cause) {
      throw new DrydockError("bad-save", "a file of what was kept cannot be read", { subject: name, cause });
    }
  }

  async create(name: string): Promise<FileWriter> {
    const handle = await this.#openForWriting(name);
    this.#packs.delete(name);
    handle.truncate(0);
    let at = 0;
    return {
      write: (bytes) => {
        const written = orNoRoom(bytes.byteLength, () => handle.write(bytes, { at }));
        if (written !== bytes.byteLength) throw noRoom(bytes.byteLength - written);
        at += written;
      },
      finish: () => {
        try {
          orNoRoom(0, () => handle.flush());
        } finally {
          handle.close();
        }
        return Promise.resolve();
      },
      abandon: async () => {
        handle.close();
        try {
          await this.#folder.removeEntry(name);
        } catch {
          // The next root drops it.
        }
      },
    };
  }

  async remove(name: string): Promise<void> {
    this.#packs.delete(name);
    try {
      await this.#folder.removeEntry(name);
    } catch (error) {
      if (!isNamed(error, "NotFoundError")) throw error;
    }
  }

  async room(): Promise<{ readonly usedBytes: number; readonly quotaBytes: number } | undefined> {
    const { usage, quota } = await navigator.storage.estimate();
    return usage === undefined || quota === undefined ? undefined : { usedBytes: usage, quotaBytes: quota };
  }

  /** A tab that was killed may have a file open for a moment longer than its locks. */
  async #openForWriting(name: string): Promise<FileSystemSyncAccessHandle> {
    for (let attempt = 1; ; attempt++) {
      try {
        const file = await this.#folder.getFileHandle(name, { create: true });
        return await file.createSyncAccessHandle();
      } catch (error) {
        if (isNamed(error, "QuotaExceededError")) throw noRoom(0, error);
        if (!isNamed(error, "NoModificationAllowedError") || attempt === OPEN_ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, OPEN_WAIT_MS));
      }
    }
  }

  async #file(name: string): Promise<File> {
    const known = this.#packs.get(name);
    if (known !== undefined) return known;
    const file = await (await this.#folder.getFileHandle(name)).getFile();
    if (name.startsWith("pack-")) this.#packs.set(name, file);
    return file;
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof DOMException && error.name === name;
}

/** @throws DrydockError `no-room` in place of the browser's own error */
function orNoRoom<Result>(missing: number, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw isNamed(error, "QuotaExceededError") ? noRoom(missing, error) : error;
  }
}

function noRoom(missing: number, cause?: unknown): DrydockError {
  const message = `the browser has no room for ${missing} more bytes`;
  return new DrydockError("no-room", message, { cause });
}

function webLocks(owner: string): SaveLocks {
  return {
    owner,
    exclusive: async (work) => navigator.locks.request(STORE_LOCK, work),
    keep: (session, takeOver, onLost) =>
      new Promise((resolve, reject) => {
        let kept = false;
        let released = false;
        const options = takeOver ? { steal: true } : { ifAvailable: true };
        navigator.locks
          .request(SESSION_LOCK + session, options, (lock) => {
            if (lock === null) {
              resolve(undefined);
              return;
            }
            kept = true;
            return new Promise<void>((release) => {
              resolve(() => {
                released = true;
                release();
              });
            });
          })
          .catch((error: unknown) => {
            // A lock that was stolen rejects whoever held it.
            if (!kept) reject(error instanceof Error ? error : new Error(String(error)));
            else if (!released) onLost();
          });
      }),
    living: async () => {
      const { held = [] } = await navigator.locks.query();
      const names = (prefix: string): ReadonlySet<string> =>
        new Set(
          held.flatMap(({ name = "" }) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : [])),
        );
      return { sessions: names(SESSION_LOCK), owners: names(OWNER_LOCK) };
    },
  };
}
