/** Chunks between visits, in the browser's Cache Storage. Every failure here means only that a chunk is fetched again. */
import type { Chunk } from "../../contract/manifest";
import type { ChunkCache } from "../disk/chunk-fetcher";

const CACHE_NAME = "drydock-chunks-1";
/** The hub's layers come and go by other rules. */
export const CATALOGUE_CACHE = "drydock-catalogue-1";

/** Two Drydocks of one origin, in two blogs, say, must not throw away each other's chunks. */
function cacheName(name: string, guestUrl: string): string {
  return `${name}:${new URL(guestUrl).pathname}`;
}

export interface PersistentChunkCache extends ChunkCache {
  /** The names of all chunks that are there. */
  names(): Promise<Set<string>>;
  /** As `write`, but rejects when the browser gives no more room. */
  keep(chunk: Chunk, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Drops every chunk that is not named: what an earlier version of the guest left. */
  retain(names: ReadonlySet<string>): Promise<void>;
}

/**
 * A cache of the guest at an absolute URL, or undefined where the browser has none (private windows, insecure origins).
 * @param name the snapshot's chunks by default; what comes and goes by other rules has a cache of its own
 */
export async function openChunkCache(
  guestUrl: string,
  name = CACHE_NAME,
): Promise<PersistentChunkCache | undefined> {
  let cache: Cache;
  try {
    cache = await caches.open(cacheName(name, guestUrl));
  } catch {
    // No Cache Storage here: the machine works without, it only loads anew at each visit.
    return undefined;
  }
  const requestOf = (chunk: Chunk): string => `/drydock-chunk/${chunk.sha256}`;
  const nameOf = ({ url }: Request): string => url.slice(url.lastIndexOf("/") + 1);
  const keep = (chunk: Chunk, bytes: Uint8Array<ArrayBuffer>): Promise<void> =>
    cache.put(requestOf(chunk), new Response(bytes, { headers: { "content-type": "application/zstd" } }));
  return {
    names: async () => new Set((await cache.keys()).map(nameOf)),
    keep,
    has: async (chunk) => (await cache.match(requestOf(chunk))) !== undefined,
    read: async (chunk) => {
      const response = await cache.match(requestOf(chunk));
      return response === undefined ? undefined : new Uint8Array(await response.arrayBuffer());
    },
    write: async (chunk, bytes) => {
      try {
        await keep(chunk, bytes);
      } catch {
        // The quota is used up: the chunk is in memory now and will be fetched again at the next visit.
      }
    },
    drop: async (chunk) => {
      await cache.delete(requestOf(chunk));
    },
    retain: async (names) => {
      for (const request of await cache.keys()) {
        if (!names.has(nameOf(request))) await cache.delete(request);
      }
    },
  };
}
