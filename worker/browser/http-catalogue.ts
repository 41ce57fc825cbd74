/**
 * The catalogue in the page: its index from beside the manifest, its layers chunk by chunk through Cache Storage. What was
 * pulled once is there without the network.
 */
import { ChunkFetcher } from "../disk/chunk-fetcher";
import type { Decompress } from "../disk/zstd";
import type { Catalogue } from "../hub/catalogue/catalogue";
import {
  type CatalogueIndex,
  catalogueChunkNames,
  parseCatalogueIndex,
} from "../hub/catalogue/catalogue-index";
import { openChunkedCatalogue } from "../hub/catalogue/chunked-catalogue";
import { CATALOGUE_CACHE, openChunkCache, type PersistentChunkCache } from "./cache-storage";
import { get, httpChunkSource, ok } from "./http-source";

export interface HttpCatalogueOptions {
  /** Absolute URL of the guest's folder, with a slash at the end: where `manifest.json` and `chunks/` are. */
  readonly guestUrl: string;
  readonly decompress: Decompress;
  readonly signal?: AbortSignal;
  /** Milliseconds before each further attempt at a chunk; the fetcher's own by default. */
  readonly retryDelays?: readonly number[];
}

/** @throws DrydockError `network`, `bad-manifest`, `version-mismatch` */
export async function openHttpCatalogue(options: HttpCatalogueOptions): Promise<Catalogue> {
  const { guestUrl, decompress, signal, retryDelays } = options;
  const index = await loadCatalogueIndex(guestUrl, signal);
  const cache = await openChunkCache(guestUrl, CATALOGUE_CACHE);
  if (cache !== undefined) await dropStale(cache, index);
  const chunks = new ChunkFetcher({
    source: httpChunkSource(guestUrl),
    ...(cache === undefined ? {} : { cache }),
    ...(retryDelays === undefined ? {} : { retryDelays }),
  });
  return openChunkedCatalogue(index, { chunks, decompress });
}

async function dropStale(cache: PersistentChunkCache, index: CatalogueIndex): Promise<void> {
  try {
    await cache.retain(catalogueChunkNames(index));
  } catch {
    // Storage that the browser takes away costs room or a fetch, never an image.
  }
}

/**
 * The index from beside the manifest. Without a network the service worker answers, with the one of the page's release.
 * @throws DrydockError `network`, `bad-manifest`, `version-mismatch`
 */
export async function loadCatalogueIndex(guestUrl: string, signal?: AbortSignal): Promise<CatalogueIndex> {
  const url = new URL("catalogue.json", guestUrl).href;
  return parseCatalogueIndex(await get(url, "no-cache", signal, (response) => ok(response).text()), url);
}
