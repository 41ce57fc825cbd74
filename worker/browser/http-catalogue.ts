/**
 * The catalogue in the page: its index from beside the manifest, its layers chunk by chunk through Cache Storage. What was
 * pulled once, and the index that it was pulled with, are there without the network.
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
import { openChunkCache, type PersistentChunkCache } from "./cache-storage";
import { get, httpChunkSource, ok } from "./http-source";

const CHUNK_CACHE = "drydock-catalogue-1";
const INDEX_CACHE = "drydock-catalogue-index-1";

export interface HttpCatalogueOptions {
  /** Absolute URL of the guest's folder, with a slash at the end: where `manifest.json` and `chunks/` are. */
  readonly guestUrl: string;
  readonly decompress: Decompress;
  readonly signal?: AbortSignal;
  /** Milliseconds before each further attempt at a chunk; the fetcher's own by default. */
  readonly retryDelays?: readonly number[];
}

/** @throws DrydockError `network` (never loaded and not to be had), `bad-manifest`, `version-mismatch` */
export async function openHttpCatalogue(options: HttpCatalogueOptions): Promise<Catalogue> {
  const { guestUrl, decompress, signal, retryDelays } = options;
  const index = await loadIndex(new URL("catalogue.json", guestUrl).href, signal);
  const cache = await openChunkCache(guestUrl, CHUNK_CACHE);
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

/** From the network, or, without a network, what the last visit left. */
async function loadIndex(url: string, signal: AbortSignal | undefined): Promise<CatalogueIndex> {
  const kept = await openIndexCache();
  let text: string;
  try {
    text = await get(url, "no-cache", signal, (response) => ok(response).text());
  } catch (error) {
    const stored = await kept?.match(url);
    if (stored === undefined || signal?.aborted === true) throw error;
    return parseCatalogueIndex(await stored.text(), url);
  }
  const index = parseCatalogueIndex(text, url);
  try {
    await kept?.put(url, new Response(text, { headers: { "content-type": "application/json" } }));
  } catch {
    // The quota is used up: this visit has its index, the next one needs the network.
  }
  return index;
}

async function openIndexCache(): Promise<Cache | undefined> {
  try {
    return await caches.open(INDEX_CACHE);
  } catch {
    // No Cache Storage here (private windows, insecure origins): the index is fetched at each visit.
    return undefined;
  }
}
