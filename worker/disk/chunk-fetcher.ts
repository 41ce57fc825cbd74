/**
 * Chunks by name: from the cache if it has them, else from the source with retries; verified either way, so that
 * nothing downstream ever sees a byte that the manifest does not vouch for.
 */
import type { Chunk } from "../../contract/manifest";
import { DrydockError, messageOf } from "../../contract/errors";

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

/** A fetch under way. It is cancelled when the last of those who wait for it has left. */
interface SharedFetch {
  readonly promise: Promise<Uint8Array<ArrayBuffer>>;
  readonly abort: AbortController;
  callers: number;
}

export class ChunkFetcher {
  readonly counts: FetchCounts = { fetchedBytes: 0, cachedBytes: 0, retries: 0 };
  readonly #options: ChunkFetcherOptions;
  readonly #pending = new Map<string, SharedFetch>();

  constructor(options: ChunkFetcherOptions) {
    this.#options = options;
  }

  /**
   * The compressed, verified bytes of a chunk. Calls for one chunk share one fetch; a call that is cancelled leaves it to
   * the others.
   * @throws DrydockError `network` or `bad-chunk` with the chunk's name as subject, `aborted`
   */
  async fetch(chunk: Chunk, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    throwIfAborted(signal);
    const shared = this.#pending.get(chunk.sha256) ?? this.#begin(chunk);
    shared.callers++;
    try {
      return await abortable(shared.promise, signal);
    } finally {
      if (--shared.callers === 0) {
        this.#forget(chunk, shared);
        shared.abort.abort();
      }
    }
  }

  /** Sees to it that the cache has a chunk. Without a cache there is nothing to do. Throws as `fetch` does. */
  async prefetch(chunk: Chunk, signal?: AbortSignal): Promise<void> {
    const { cache } = this.#options;
    if (cache === undefined || (await orNothing(cache.has(chunk))) === true) return;
    await this.fetch(chunk, signal);
  }

  #begin(chunk: Chunk): SharedFetch {
    const abort = new AbortController();
    const promise = this.#fetch(chunk, abort.signal).finally(() => this.#forget(chunk, shared));
    const shared: SharedFetch = { promise, abort, callers: 0 };
    this.#pending.set(chunk.sha256, shared);
    return shared;
  }

  #forget(chunk: Chunk, shared: SharedFetch): void {
    if (this.#pending.get(chunk.sha256) === shared) this.#pending.delete(chunk.sha256);
  }

  async #fetch(chunk: Chunk, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const { cache, source, sleep = defaultSleep, retryDelays = RETRY_DELAYS } = this.#options;
    const cached = await this.#readCache(chunk);
    if (cached !== undefined) return cached;
    for (let attempt = 0; ; attempt++) {
      throwIfAborted(signal);
      let failure: DrydockError;
      try {
        const bytes = await source.read(chunk, signal);
        this.counts.fetchedBytes += bytes.byteLength;
        if (await matches(chunk, bytes)) {
          await orNothing(cache?.write(chunk, bytes));
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

  /** What the cache has, if it is right; what is not is dropped. */
  async #readCache(chunk: Chunk): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const { cache } = this.#options;
    const bytes = await orNothing(cache?.read(chunk));
    if (bytes === undefined) return undefined;
    if (await matches(chunk, bytes)) {
      this.counts.cachedBytes += bytes.byteLength;
      return bytes;
    }
    await orNothing(cache?.drop(chunk));
    return undefined;
  }
}

/** What the cache answers, or nothing if it fails: that costs a fetch, never a chunk. */
async function orNothing<T>(answer: Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await answer;
  } catch {
    // A browser that takes its storage away, say. The source is asked instead.
    return undefined;
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

/** `promise`, but rejects with `aborted` as soon as `signal` fires. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, () =>
      reject(new DrydockError("aborted", "cancelled", { cause: signal.reason })),
    );
    void promise.then(resolve, reject).finally(forget);
  });
}

/** What each signal cancels. It gets one listener for all: Node takes more than ten of them for a leak and says so. */
const cancels = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls `cancel` when `signal` fires, until the function that it returns is called. */
function onAbort(signal: AbortSignal, cancel: () => void): () => void {
  const all = cancels.get(signal) ?? new Set();
  if (!cancels.has(signal)) {
    cancels.set(signal, all);
    signal.addEventListener("abort", () => all.forEach((each) => each()), { once: true });
  }
  all.add(cancel);
  return () => all.delete(cancel);
}

async function defaultSleep(ms: number, signal?: AbortSignal): Promise<void> {
  throwIfAborted(signal);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const slept = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await abortable(slept, signal).finally(() => clearTimeout(timer));
}
