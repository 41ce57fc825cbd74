/** The registry's metadata in IndexedDB: one object store, one transaction a write. */
import { createStore, promisifyRequest, type UseStore } from "idb-keyval";
import { StorageFullError } from "../hub/errors";
import type { MetadataStore } from "../hub/storage/store";

export class IndexedDbMetadataStore implements MetadataStore {
  readonly #use: UseStore;

  constructor(database: string) {
    this.#use = createStore(database, "metadata");
  }

  async get(key: string): Promise<string | undefined> {
    const value = await this.#use("readonly", (store) => promisifyRequest<unknown>(store.get(key)));
    return typeof value === "string" ? value : undefined;
  }

  async keys(prefix: string): Promise<readonly string[]> {
    const range = prefix === "" ? undefined : IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    const found = await this.#use("readonly", (store) => promisifyRequest(store.getAllKeys(range)));
    return found.filter((key) => typeof key === "string");
  }

  async write(changes: ReadonlyMap<string, string | undefined>): Promise<void> {
    try {
      await this.#use("readwrite", async (store) => {
        // A request that fails knows why; its transaction, which is told later, may not.
        const requests = [...changes].map(async ([key, value]) => {
          if (value === undefined) await promisifyRequest(store.delete(key));
          else await promisifyRequest(store.put(value, key));
        });
        await Promise.all([...requests, promisifyRequest(store.transaction)]);
      });
    } catch (error) {
      throw asStorageError(error);
    }
  }
}

/** What the browser throws when this site has used up its share of the disk, as the store's own error; others as they are. */
export function asStorageError(error: unknown): unknown {
  return error instanceof DOMException && error.name === "QuotaExceededError"
    ? new StorageFullError("the browser has no more room for it", { cause: error })
    : error;
}
