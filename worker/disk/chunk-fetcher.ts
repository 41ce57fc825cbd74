/**
 * Chunks by name: from the cache if it has them, else from the source with retries; verified either way, so that
 * nothing downstream ever sees a byte that the manifest does not vouch for.
 */
import type { Chunk } from "../../images/manifest";
import { DrydockError, messageOf } from "../errors";

/** Where chunks come from: HTTP in the page, a folder in Node. Rejects with `network` or `bad-chunk` (not there). */
export interface ChunkSource {
  read(chunk: Chunk, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}

/** Where chunks are kept between visits. Losing one is harmless; `write` may refuse in silence when it is full. */
export interface ChunkCache {
  has(chunk: Chunk): Promise<boolean>;
  read(chunk: Chunk): Promise<Uint8Array<ArrayBuffer> | undefined>;
  write(chunk: Chunk, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  drop(chunk: Chunk): Promise<void>;
}

export interface FetchCounts {
  /** Compressed bytes from the source and from the cache. */
  fetchedBytes: number;
  cachedBytes: number;
  retries: number;
}

/** Milliseconds to wait before each further attempt. */
const RETRY_DELAYS = [250, 1000, 3000] as const;

export interface ChunkFetcherOptions {
  readonly source: ChunkSource;
  readonly cache?: ChunkCache;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly retryDelays?: readonly number[];
}

export class ChunkFetcher {
  readonly counts: FetchCounts = { fetchedBytes: 0, cachedBytes: 0, retries: 0 };
  readonly #options: ChunkFetcherOptions;
  readonly #pending = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

  constructor(options: ChunkFetcherOptions) {
    this.#options = options;
  }

  /**
   * The compressed, verified bytes of a chunk. Two calls for one chunk share one fetch.
   * @throws DrydockError `network` or `bad-chunk` with the chunk's name as subject, `aborted`
   */
  async fetch(chunk: Chunk, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const shared = this.#pending.get(chunk.sha256);
    if (shared !== undefined) {
      try {
        return await shared;
      } catch (error) {
        // The other caller's cancellation is not ours: fetch again below.
        if (!(error instanceof DrydockError && error.code === "aborted") || signal?.aborted === true)
          throw error;
      }
    }
    const promise = this.#fetch(chunk, signal).finally(() => this.#pending.delete(chunk.sha256));
    this.#pending.set(chunk.sha256, promise);
    return promise;
  }

  /** Sees to it that the cache has a chunk. Without a cache there is nothing to do. Throws as `fetch` does. */
  async prefetch(chunk: Chunk, signal?: AbortSignal): Promise<void> {
    const { cache } = this.#options;
    if (cache === undefined || (await cache.has(chunk))) return;
    await this.fetch(chunk, signal);
  }

  async #fetch(chunk: Chunk, signal: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>> {
    const { cache, source, sleep = defaultSleep, retryDelays = RETRY_DELAYS } = this.#options;
    if (cache !== undefined) {
      const cached = await cache.read(chunk);
      if (cached !== undefined) {
        if (await matches(chunk, cached)) {
          this.counts.cachedBytes += cached.byteLength;
          return cached;
        }
        await cache.drop(chunk);
      }
    }
    for (let attempt = 0; ; attempt++) {
      throwIfAborted(signal);
      let failure: DrydockError;
      try {
        const bytes = await source.read(chunk, signal);
        this.counts.fetchedBytes += bytes.byteLength;
        if (await matches(chunk, bytes)) {
          await cache?.write(chunk, bytes);
          return bytes;
        }
        failure = new DrydockError("bad-chunk", describeMismatch(chunk, bytes), { subject: chunk.sha256 });
      } catch (error) {
        throwIfAborted(signal);
        failure = asChunkError(chunk, error);
      }
      const delay = retryDelays[attempt];
      if (delay === undefined) throw failure;
      this.counts.retries++;
      await sleep(delay, signal);
    }
  }
}

/** Lower-case hex sha256 of `bytes`. */
export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  let hex = "";
  for (const byte of digest) hex += byte.toString(16).padStart(2, "0");
  return hex;
}

async function matches(chunk: Chunk, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  return bytes.byteLength === chunk.bytes && (await sha256Hex(bytes)) === chunk.sha256;
}

function describeMismatch(chunk: Chunk, bytes: Uint8Array): string {
  return bytes.byteLength === chunk.bytes
    ? "a chunk's bytes are not the ones that the manifest names"
    : `a chunk has ${bytes.byteLength} bytes instead of ${chunk.bytes}`;
}

function asChunkError(chunk: Chunk, error: unknown): DrydockError {
  if (error instanceof DrydockError) {
    return new DrydockError(error.code, error.message, { subject: chunk.sha256, cause: error });
  }
  return new DrydockError("network", messageOf(error), { subject: chunk.sha256, cause: error });
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new DrydockError("aborted", "cancelled", { cause: signal.reason });
}

function defaultSleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", cancel, { once: true });
    function done(): void {
      signal?.removeEventListener("abort", cancel);
      resolve();
    }
    function cancel(): void {
      clearTimeout(timer);
      reject(new DrydockError("aborted", "cancelled", { cause: signal?.reason }));
    }
  });
}
