/** Where the tab's registries keep what is pushed. It survives a reload and a clean machine. */
import { createMemoryStorage } from "../hub/storage/memory-store";
import { StorageRoom } from "../hub/storage/storage-room";
import type { RegistryStorage } from "../hub/storage/store";
import { OpfsBlobStore } from "./registry-blobs";
import { IndexedDbMetadataStore } from "./registry-metadata";

/** Opens the storage `name`. Every tab of this site shares it: a Web Lock keeps their writes apart. */
export async function openRegistryStorage(name = "drydock-registry"): Promise<RegistryStorage> {
  try {
    const metadata = new IndexedDbMetadataStore(name);
    await metadata.keys("account/");
    const blobs = await OpfsBlobStore.open(name);
    const run = <T>(task: () => Promise<T>): Promise<T> => navigator.locks.request(name, task);
    return { blobs, metadata, serial: { run }, room: new StorageRoom() };
  } catch {
    // Not offered here (private windows): pushing and pulling still work, as long as the page is open.
    return createMemoryStorage();
  }
}
