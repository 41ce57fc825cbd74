/** Where the tab's registries keep what is pushed. It survives a reload and a clean machine. */
import { createMemoryStorage } from "../hub/storage/memory-store";
import { StorageRoom } from "../hub/storage/storage-room";
import type { RegistryStorage } from "../hub/storage/store";
import { OpfsBlobStore } from "./registry-blobs";
import { IndexedDbMetadataStore } from "./registry-metadata";

export interface OpenedRegistryStorage {
  readonly storage: RegistryStorage;
  /** false where the browser has no such storage (private windows): then it ends with the page. */
  readonly persistent: boolean;
}

/** Opens the storage `name`. Every tab of this site shares it: a Web Lock keeps their writes apart. */
export async function openRegistryStorage(name = "drydock-registry"): Promise<OpenedRegistryStorage> {
  try {
    const metadata = new IndexedDbMetadataStore(name);
    await metadata.keys("account/");
    const blobs = await OpfsBlobStore.open(name);
    const run = <T>(task: () => Promise<T>): Promise<T> => navigator.locks.request(name, task);
    return { storage: { blobs, metadata, serial: { run }, room: new StorageRoom() }, persistent: true };
  } catch {
    // Not offered here. Pushing and pulling work all the same, as long as the page is open.
    return { storage: createMemoryStorage(), persistent: false };
  }
}
