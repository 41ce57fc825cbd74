/**
 * The overlay's slots in a private file (OPFS), so that what the guest writes does not fill the tab's memory. One file
 * a worker; a Web Lock held as long as the worker lives tells the files of dead tabs, which are removed.
 */
import { MemorySlotStore, type SlotStore } from "../disk/overlay";
import { SpillingSlotStore } from "../disk/spilling-slots";
import { holdLock, namesWithoutLock } from "./worker-lock";

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

async function removeStale(folder: FileSystemDirectoryHandle): Promise<void> {
  for (const name of await namesWithoutLock(folder, LOCK_PREFIX)) {
    try {
      await folder.removeEntry(name);
    } catch {
      // Another tab is about to take or remove it.
    }
  }
}
