import { describe, expect, it, vi } from "vitest";
import type { Chunk } from "../../contract/manifest";
import { DrydockError } from "../../contract/errors";
import { pattern } from "../lan/testing/random";
import { settle } from "../testing/settle";
import { type ChunkCache, ChunkFetcher, type ChunkFetcherOptions, sha256Hex } from "./chunk-fetcher";
import { CacheBox, ChunkBox, flipBit } from "./testing/chunk-box";

const content = pattern(1, 1000);
const DELAYS = [10, 20, 30];

interface Bench {
  readonly box: ChunkBox;
  readonly cache: CacheBox;
  readonly chunk: Chunk;
  readonly fetcher: ChunkFetcher;
  /** Milliseconds that the fetcher wanted to sleep, in order. */
  readonly slept: number[];
}

function bench(options: Partial<ChunkFetcherOptions> = {}): Bench {
  const box = new ChunkBox();
  const cache = new CacheBox();
  const chunk = box.add(content);
  const slept: number[] = [];
  const sleep = (ms: number): Promise<void> => {
    slept.push(ms);
    return Promise.resolve();
  };
  const fetcher = new ChunkFetcher({ source: box, cache, sleep, retryDelays: DELAYS, ...options });
  return { box, cache, chunk, fetcher, slept };
}

/** What `promise` rejects with. */
async function failureOf(promise: Promise<unknown>): Promise<DrydockError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DrydockError);
  return error as DrydockError;
}

/** A promise and its end. */
function gate<T>(): { promise: Promise<T>; open: (value: T) => void; break: (error: Error) => void } {
  let open: (value: T) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { promise, open, break: fail };
}

describe("the cache", () => {
  it("is asked first, and filled from the source", async () => {
    const { box, cache, chunk, fetcher } = bench();
    expect(await fetcher.fetch(chunk)).toEqual(content);
    expect(cache.files.get(chunk.sha256)).toEqual(content);
    expect(await fetcher.fetch(chunk)).toEqual(content);
    expect(box.asked).toEqual([chunk.sha256]);
    expect(fetcher.counts).toEqual({ fetchedBytes: 1000, cachedBytes: 1000, retries: 0 });
  });

  it.each([
    ["altered", flipBit(content)],
    ["shorter", content.slice(0, 999)],
    ["empty", new Uint8Array(0)],
  ])("loses a chunk whose bytes are %s, and it is fetched again", async (_, bytes) => {
    const { box, cache, chunk, fetcher, slept } = bench();
    const drop = vi.spyOn(cache, "drop");
    cache.files.set(chunk.sha256, bytes);
    expect(await fetcher.fetch(chunk)).toEqual(content);
    expect(drop).toHaveBeenCalledOnce();
    expect(cache.files.get(chunk.sha256)).toEqual(content);
    expect(box.asked).toHaveLength(1);
    expect(slept).toEqual([]);
    expect(fetcher.counts).toEqual({ fetchedBytes: 1000, cachedBytes: 0, retries: 0 });
  });

  it("never gets bytes that do not verify", async () => {
    const { box, cache, chunk, fetcher } = bench({ retryDelays: [] });
    box.answer(chunk, () => flipBit(content));
    await failureOf(fetcher.fetch(chunk));
    expect(cache.files.size).toBe(0);
  });

  it("may be missing", async () => {
    const { box, chunk } = bench();
    const fetcher = new ChunkFetcher({ source: box });
    expect(await fetcher.fetch(chunk)).toEqual(content);
    expect(await fetcher.fetch(chunk)).toEqual(content);
    expect(box.asked).toHaveLength(2);
    expect(fetcher.counts).toEqual({ fetchedBytes: 2000, cachedBytes: 0, retries: 0 });
  });

  it("may fail in every call: that costs a fetch, and no retry", async () => {
    const fail = (): Promise<never> => Promise.reject(new Error("the storage is gone"));
    const broken: ChunkCache = { has: fail, read: fail, write: fail, drop: fail };
    const { box, chunk, fetcher, slept } = bench({ cache: broken });
    expect(await fetcher.fetch(chunk)).toEqual(content);
    await fetcher.prefetch(chunk);
    expect(box.asked).toHaveLength(2);
    expect(slept).toEqual([]);
  });
});

describe("the source", () => {
  const wrong: [string, () => Uint8Array<ArrayBuffer>, string][] = [
    ["altered", () => flipBit(content), "bad-chunk"],
    ["truncated", () => content.slice(0, 500), "bad-chunk"],
    ["empty", () => new Uint8Array(0), "bad-chunk"],
    ["too long", () => Uint8Array.of(...content, 0), "bad-chunk"],
    [
      "missing",
      () => {
        throw new DrydockError("bad-chunk", "not there", { subject: "https://host/chunks/x" });
      },
      "bad-chunk",
    ],
    [
      "unreachable",
      () => {
        throw new DrydockError("network", "no route", { subject: "https://host/chunks/x" });
      },
      "network",
    ],
    [
      "failing with an error of its own",
      () => {
        throw new TypeError("failed to fetch");
      },
      "network",
    ],
  ];

  it.each(wrong)("is asked again after a chunk that was %s", async (_, answer) => {
    const { box, cache, chunk, fetcher, slept } = bench();
    box.answer(chunk, answer, answer);
    expect(await fetcher.fetch(chunk)).toEqual(content);
    expect(box.asked).toHaveLength(3);
    expect(slept).toEqual([10, 20]);
    expect(fetcher.counts.retries).toBe(2);
    expect(cache.files.get(chunk.sha256)).toEqual(content);
  });

  it.each(wrong)("is given up when a chunk stays %s", async (_, answer, code) => {
    const { box, chunk, fetcher, slept } = bench();
    box.answer(chunk, answer, answer, answer, answer);
    const error = await failureOf(fetcher.fetch(chunk));
    expect(error.code).toBe(code);
    expect(error.subject).toBe(chunk.sha256);
    expect(error.message).not.toBe("");
    expect(box.asked).toHaveLength(4);
    expect(slept).toEqual(DELAYS);
  });

  it("is asked anew by a fetch after one that failed", async () => {
    const { box, chunk, fetcher } = bench({ retryDelays: [] });
    box.answer(chunk, () => flipBit(content));
    await failureOf(fetcher.fetch(chunk));
    expect(await fetcher.fetch(chunk)).toEqual(content);
  });

  it("reports the last failure, not the first", async () => {
    const { box, chunk, fetcher } = bench({ retryDelays: [1] });
    box.answer(
      chunk,
      () => flipBit(content),
      () => {
        throw new Error("the line went down");
      },
    );
    const error = await failureOf(fetcher.fetch(chunk));
    expect(error).toMatchObject({ code: "network", message: "the line went down" });
  });

  it("counts what came over the network, right or wrong", async () => {
    const { box, chunk, fetcher } = bench();
    box.answer(chunk, () => content.slice(0, 500));
    await fetcher.fetch(chunk);
    expect(fetcher.counts).toEqual({ fetchedBytes: 1500, cachedBytes: 0, retries: 1 });
  });
});

describe("cancelling", () => {
  it("does nothing when it came before", async () => {
    const { box, chunk, fetcher } = bench();
    expect((await failureOf(fetcher.fetch(chunk, AbortSignal.abort()))).code).toBe("aborted");
    expect(box.asked).toEqual([]);
  });

  it("ends a read, tells the source, and is not retried", async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const reads: string[] = [];
    const source = {
      read: (chunk: Chunk, signal?: AbortSignal) => {
        reads.push(chunk.sha256);
        signals.push(signal);
        return new Promise<never>((_, reject) =>
          signal?.addEventListener("abort", () => reject(new Error("as fetch does"))),
        );
      },
    };
    const { chunk, fetcher, slept } = bench({ source });
    const abort = new AbortController();
    const failure = failureOf(fetcher.fetch(chunk, abort.signal));
    await vi.waitFor(() => expect(reads).toHaveLength(1));
    abort.abort();
    expect((await failure).code).toBe("aborted");
    expect(signals[0]?.aborted).toBe(true);
    await settle();
    expect(reads).toHaveLength(1);
    expect(slept).toEqual([]);
  });

  it("ends a sleep", async () => {
    // The fetcher's own sleep, of an hour.
    const box = new ChunkBox();
    const chunk = box.add(content);
    const fetcher = new ChunkFetcher({ source: box, retryDelays: [3_600_000] });
    box.answer(chunk, () => flipBit(content));
    const abort = new AbortController();
    const failure = failureOf(fetcher.fetch(chunk, abort.signal));
    await vi.waitFor(() => expect(fetcher.counts.retries).toBe(1));
    abort.abort();
    expect((await failure).code).toBe("aborted");
    expect(await fetcher.fetch(chunk)).toEqual(content);
    expect(box.asked).toHaveLength(2);
  });

  it("sleeps for the time that it is told otherwise", async () => {
    vi.useFakeTimers();
    try {
      const box = new ChunkBox();
      const chunk = box.add(content);
      const fetcher = new ChunkFetcher({ source: box, retryDelays: [1000] });
      box.answer(chunk, () => flipBit(content));
      const result = fetcher.fetch(chunk);
      await vi.waitFor(() => expect(fetcher.counts.retries).toBe(1));
      await vi.advanceTimersByTimeAsync(900);
      expect(box.asked).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(200);
      expect(await result).toEqual(content);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("two callers", () => {
  it("share one fetch", async () => {
    const { box, chunk, fetcher } = bench();
    const [first, second] = await Promise.all([fetcher.fetch(chunk), fetcher.fetch(chunk)]);
    expect(first).toEqual(content);
    expect(second).toBe(first);
    expect(box.asked).toHaveLength(1);
  });

  it("share its failure, and the next try is a new one for each that wants it", async () => {
    const { box, chunk, fetcher } = bench({ retryDelays: [] });
    box.answer(chunk, () => flipBit(content));
    const again = async (): Promise<Uint8Array> => {
      await failureOf(fetcher.fetch(chunk));
      return fetcher.fetch(chunk);
    };
    expect(await Promise.all([again(), again()])).toEqual([content, content]);
    expect(box.asked).toHaveLength(2);
  });

  it.each(["first", "second"] as const)("go on when the %s is cancelled", async (who) => {
    const { box, chunk, fetcher } = bench();
    const held = gate<Uint8Array<ArrayBuffer>>();
    box.answer(chunk, () => held.promise);
    const abort = new AbortController();
    const first = fetcher.fetch(chunk, who === "first" ? abort.signal : undefined);
    const second = fetcher.fetch(chunk, who === "second" ? abort.signal : undefined);
    const [leaver, stayer] = who === "first" ? [first, second] : [second, first];
    await vi.waitFor(() => expect(box.asked).toHaveLength(1));
    abort.abort();
    // Without waiting for the source.
    expect((await failureOf(leaver)).code).toBe("aborted");
    held.open(content);
    expect(await stayer).toEqual(content);
    expect(box.asked).toHaveLength(1);
  });

  it("are both cancelled, and a third that comes at once gets its own fetch", async () => {
    const { box, chunk, fetcher } = bench();
    const held = gate<Uint8Array<ArrayBuffer>>();
    box.answer(chunk, () => held.promise);
    const abort = new AbortController();
    const failures = [fetcher.fetch(chunk, abort.signal), fetcher.fetch(chunk, abort.signal)].map(failureOf);
    await vi.waitFor(() => expect(box.asked).toHaveLength(1));
    abort.abort();
    const third = fetcher.fetch(chunk);
    for (const failure of failures) expect((await failure).code).toBe("aborted");
    held.break(new Error("too late"));
    expect(await third).toEqual(content);
  });

  it("of different chunks do not wait for one another", async () => {
    const { box, chunk, fetcher } = bench();
    const other = box.add(pattern(2, 10));
    box.answer(chunk, () => new Promise(() => undefined));
    void fetcher.fetch(chunk);
    expect(await fetcher.fetch(other)).toEqual(pattern(2, 10));
  });
});

describe("prefetch", () => {
  it("fills the cache once", async () => {
    const { box, cache, chunk, fetcher } = bench();
    await fetcher.prefetch(chunk);
    await fetcher.prefetch(chunk);
    expect(cache.files.get(chunk.sha256)).toEqual(content);
    expect(box.asked).toHaveLength(1);
  });

  it("does nothing without a cache", async () => {
    const { box, chunk } = bench();
    await new ChunkFetcher({ source: box }).prefetch(chunk);
    expect(box.asked).toEqual([]);
  });

  it("fails as a fetch does", async () => {
    const { box, chunk, fetcher } = bench({ retryDelays: [] });
    box.answer(chunk, () => flipBit(content));
    expect(await failureOf(fetcher.prefetch(chunk))).toMatchObject({
      code: "bad-chunk",
      subject: chunk.sha256,
    });
    expect((await failureOf(fetcher.prefetch(chunk, AbortSignal.abort()))).code).toBe("aborted");
  });
});

describe("sha256Hex", () => {
  it("is FIPS 180-4's, in lower-case hex", async () => {
    expect(await sha256Hex(new TextEncoder().encode("abc"))).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    expect(await sha256Hex(new Uint8Array(0))).toBe(
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
  });
});
