/**
 * The overlay's slots in a private file (OPFS), so that what the guest writes does not fill the tab's memory. One file
 * a worker; a Web Lock held as long as the worker lives tells the files of dead tabs, which are removed.
 */
import { MemorySlotStore, type SlotStore } from "../disk/overlay";

const FOLDER = "overlays";
const LOCK_PREFIX = "drydock-overlay-";

/** A store in OPFS, or in memory where there is no OPFS (private windows) or no lock. */
export async function openSlotStore(): Promise<SlotStore> {
  try {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(FOLDER, { create: true });
    await removeStale(folder);
    const name = crypto.randomUUID();
    await holdLock(LOCK_PREFIX + name);
    const file = await folder.getFileHandle(name, { create: true });
    return new SpillingSlotStore(await file.createSyncAccessHandle());
  } catch {
    // Not offered here: memory does, and a learner's writes are small as a rule.
    return new MemorySlotStore();
  }
}

/** Writes to the file until it is full, and to memory from there on: the guest never loses a write that it was promised. */
class SpillingSlotStore implements SlotStore {
  readonly #file: FileSystemSyncAccessHandle;
  readonly #memory = new MemorySlotStore();
  /** Offsets from here on are in memory. */
  #fileEnd = Number.POSITIVE_INFINITY;

  constructor(file: FileSystemSyncAccessHandle) {
    this.#file = file;
  }

  read(offset: number, into: Uint8Array): void {
    const inFile = Math.max(0, Math.min(into.byteLength, this.#fileEnd - offset));
    if (inFile > 0) this.#file.read(into.subarray(0, inFile), { at: offset });
    if (inFile < into.byteLength) this.#memory.read(offset + inFile, into.subarray(inFile));
  }

  write(offset: number, bytes: Uint8Array): void {
    const inFile = Math.max(0, Math.min(bytes.byteLength, this.#fileEnd - offset));
    if (inFile > 0 && !this.#writeFile(offset, bytes.subarray(0, inFile))) {
      // Full. Slots are written in order, so nothing that the file holds lies beyond this offset.
      this.#fileEnd = offset;
      this.#memory.write(offset, bytes);
      return;
    }
    if (inFile < bytes.byteLength) this.#memory.write(offset + inFile, bytes.subarray(inFile));
  }

  clear(): void {
    this.#file.truncate(0);
    this.#memory.clear();
    this.#fileEnd = Number.POSITIVE_INFINITY;
  }

  #writeFile(offset: number, bytes: Uint8Array): boolean {
    try {
      return this.#file.write(bytes, { at: offset }) === bytes.byteLength;
    } catch {
      // QuotaExceededError.
      return false;
    }
  }
}

async function holdLock(name: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    navigator.locks
      .request(name, () => {
        resolve();
        // Held until the worker ends.
        return new Promise<never>(() => undefined);
      })
      .catch(reject);
  });
}

async function removeStale(folder: FileSystemDirectoryHandle): Promise<void> {
  const { held = [] } = await navigator.locks.query();
  const live = new Set(held.map((lock) => lock.name));
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  for (const name of names) {
    if (live.has(LOCK_PREFIX + name)) continue;
    try {
      await folder.removeEntry(name);
    } catch {
      // Another tab is about to take or remove it.
    }
  }
}
