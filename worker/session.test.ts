/** A session up to the point where it makes a machine; with one it is tested in worker/node/session.guest.test.ts. */
import { beforeAll, describe, expect, it, vi } from "vitest";
import { BLOCK_BYTES, type Manifest } from "../contract/manifest";
import { CacheBox, ChunkBox, flipBit } from "./disk/testing/chunk-box";
import { sampleManifest } from "./disk/testing/sample-manifest";
import { MemorySlotStore } from "./disk/overlay";
import { createDecompress, type Decompress } from "./disk/zstd";
import { DrydockError } from "../contract/errors";
import { emptyCatalogue } from "./hub/catalogue/catalogue";
import { createMemoryStorage } from "./hub/storage/memory-store";
import type { MachineEvent, MachineStatus, StartOptions } from "../contract/protocol";
import { chunkNames } from "./prefetch";
import { Session } from "./session";
import type { SessionPorts } from "./session-ports";
import { settle } from "./testing/settle";

const options: StartOptions = { guestUrl: "https://host/guest/", wasmUrl: "https://host/v86.wasm" };
const noEmulator = new DrydockError("no-webassembly", "not in this test");

let decompress: Decompress;
beforeAll(async () => {
  decompress = await createDecompress();
});

interface Bench {
  readonly session: Session;
  readonly ports: SessionPorts;
  readonly box: ChunkBox;
  readonly events: MachineEvent[];
  /** The statuses so far, one after another without repeats of a kind. */
  readonly kinds: () => string[];
  readonly statuses: () => MachineStatus[];
}

/** A session that finds everything it asks for but the emulator's code. */
function bench(change: Partial<SessionPorts> = {}): Bench {
  const box = new ChunkBox();
  const emptyMap = box.addFrame(new Uint8Array(16 * 4));
  const map = { bytes: 16 * 4, chunks: [emptyMap] };
  const state = box.addFrame(new Uint8Array(100).fill(1));
  const manifest: Manifest = sampleManifest({
    ram: { bytes: 16 * BLOCK_BYTES, map },
    disk: { bytes: 16 * BLOCK_BYTES, map },
    state: { bytes: 100, chunks: [state] },
  });
  const events: MachineEvent[] = [];
  const ports: SessionPorts = {
    fetchManifest: () => Promise.resolve(manifest),
    chunkSource: () => box,
    compileEmulator: () => Promise.reject(noEmulator),
    createDecompress: () => Promise.resolve(decompress),
    openCache: () => Promise.resolve(undefined),
    openSlotStore: () => Promise.resolve(new MemorySlotStore()),
    openSaves: () => Promise.resolve(undefined),
    openRelaySocket: () => ({ send: () => undefined, close: () => undefined }),
    openRegistries: () => Promise.resolve({ storage: createMemoryStorage(), catalogue: emptyCatalogue }),
    emit: (event) => events.push(event),
    ...change,
  };
  const statuses = (): MachineStatus[] =>
    events.flatMap((event) => (event.type === "status" ? [event.status] : []));
  const kinds = (): string[] =>
    statuses()
      .map(({ kind }) => kind)
      .filter((kind, index, all) => kind !== all[index - 1]);
  return { session: new Session(ports), ports, box, events, statuses, kinds };
}

describe("a session that was not started", () => {
  it("is idle, has figures of nothing, and refuses what needs a machine", async () => {
    const { session, events } = bench();
    expect(session.status).toEqual({ kind: "idle" });
    expect(session.figures()).toEqual({
      fetchedBytes: 0,
      cachedBytes: 0,
      readyAfterMs: undefined,
      instructions: 0,
      wasmMemoryBytes: 0,
    });
    const refusal = { name: "DrydockError", code: "bad-request" };
    await expect(session.pause()).rejects.toMatchObject(refusal);
    for (const group of ["consoles", "guest", "lesson", "registry"] as const)
      expect(() => session[group]).toThrow(expect.objectContaining(refusal));
    expect(() => session.retryDisk()).toThrow(expect.objectContaining(refusal));
    // Nothing to resume.
    await session.resume();
    expect(session.status).toEqual({ kind: "idle" });
    expect(events).toEqual([]);
  });
});

describe("start", () => {
  const failures: [string, Partial<SessionPorts>, string][] = [
    [
      "the manifest",
      { fetchManifest: () => Promise.reject(new DrydockError("version-mismatch", "format 9")) },
      "version-mismatch",
    ],
    ["the network", { fetchManifest: () => Promise.reject(new DrydockError("network", "away")) }, "network"],
    ["the emulator", {}, "no-webassembly"],
    ["the decoder", { createDecompress: () => Promise.reject(new RangeError("memory")) }, "internal"],
    ["the overlay's store", { openSlotStore: () => Promise.reject(new Error("disk")) }, "internal"],
    ["the cache", { openCache: () => Promise.reject(new Error("cache")) }, "internal"],
  ];
  it.each(failures)(
    "fails with %s, says so in the status, and may be called again",
    async (_, change, code) => {
      const { session, kinds, statuses } = bench(change);
      for (const round of [1, 2]) {
        await expect(session.start(options)).rejects.toThrow();
        expect(session.status).toMatchObject({ kind: "failed", error: { code } });
        expect(statuses().at(-1)).toEqual(session.status);
        // This guest's RAM is empty, so that it is "restoring" as soon as the rest is here.
        const stages = kinds().filter((kind) => kind !== "restoring");
        expect(stages).toEqual(Array.from({ length: round }, () => ["loading", "failed"]).flat());
      }
    },
  );

  it("begins with a status of loading, of which it knows nothing yet", async () => {
    const { session, statuses } = bench();
    const started = session.start(options);
    expect(session.status).toEqual({ kind: "loading", bytes: 0, total: 0, cached: 0 });
    expect(statuses()).toEqual([session.status]);
    await expect(started).rejects.toBe(noEmulator);
  });

  it("is refused while it is under way, which goes on undisturbed", async () => {
    const { session } = bench();
    const first = session.start(options);
    await expect(session.start(options)).rejects.toMatchObject({ code: "bad-request" });
    expect(session.status.kind).toBe("loading");
    await expect(first).rejects.toBe(noEmulator);
  });

  it("opens the cache of the guest that it starts", async () => {
    const opened: string[] = [];
    const openCache = (guestUrl: string): Promise<undefined> => {
      opened.push(guestUrl);
      return Promise.resolve(undefined);
    };
    const { session } = bench({ openCache });
    await expect(session.start(options)).rejects.toMatchObject({ code: "no-webassembly" });
    expect(opened).toEqual([options.guestUrl]);
  });

  it("goes on where the network failed: what the cache has is not fetched again", async () => {
    const cache = Object.assign(new CacheBox(), { retain: () => Promise.resolve() });
    const { session, box } = bench({ openCache: () => Promise.resolve(cache) });
    const read = box.read.bind(box);
    // The second chunk that is asked for is lost, with every retry.
    let lost: string | undefined;
    box.read = async (chunk) => {
      if (box.asked.length > 0) lost ??= chunk.sha256;
      const bytes = await read(chunk);
      return chunk.sha256 === lost ? flipBit(bytes) : bytes;
    };
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const attempt = { over: false };
      const failed = expect(session.start(options))
        .rejects.toMatchObject({
          code: "bad-chunk",
          subject: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
        })
        .finally(() => {
          attempt.over = true;
        });
      // Digests are computed in real time, on other threads: each retry's timer is there when it is there.
      while (!attempt.over) {
        await vi.advanceTimersByTimeAsync(1000);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await failed;
    } finally {
      vi.useRealTimers();
    }
    expect(session.status).toMatchObject({ kind: "failed", error: { code: "bad-chunk", subject: lost } });
    expect(cache.files.size).toBeGreaterThan(0);
    const before = box.asked.length;
    box.read = read;
    await expect(session.start(options)).rejects.toBe(noEmulator);
    expect(box.asked.slice(before)).toEqual([lost]);
    expect(session.figures().cachedBytes).toBeGreaterThan(0);
  });

  it("says nothing more of an attempt that has failed", async () => {
    const late: (() => void)[] = [];
    const { session, box, kinds, statuses } = bench();
    const read = box.read.bind(box);
    // The first chunk cannot be had at all; the others come, but late.
    let lost: string | undefined;
    box.read = async (chunk) => {
      lost ??= chunk.sha256;
      const bytes = await read(chunk);
      if (chunk.sha256 === lost) throw new DrydockError("network", "away");
      await new Promise<void>((resolve) => late.push(resolve));
      return bytes;
    };
    vi.useFakeTimers();
    try {
      const failed = expect(session.start(options)).rejects.toMatchObject({ code: "network" });
      for (let seconds = 0; session.status.kind !== "failed" && seconds < 100; seconds++) {
        await vi.advanceTimersByTimeAsync(1000);
      }
      await failed;
    } finally {
      vi.useRealTimers();
    }
    expect(late.length).toBeGreaterThan(0);
    const count = statuses().length;
    for (const release of late) release();
    await settle();
    expect(statuses()).toHaveLength(count);
    expect(kinds()).toEqual(["loading", "failed"]);
  });

  it("asks its surroundings for what the page gave it", async () => {
    const asked: unknown[] = [];
    const { session } = bench({
      fetchManifest: (url, signal) => {
        asked.push(url, signal.aborted);
        return Promise.reject(new DrydockError("network", "away"));
      },
      compileEmulator: (url) => {
        asked.push(url);
        return Promise.reject(noEmulator);
      },
    });
    await expect(session.start(options)).rejects.toThrow();
    expect(asked).toEqual([options.wasmUrl, options.guestUrl, false]);
  });
});

describe("chunkNames", () => {
  it("has every chunk once", () => {
    const box = new ChunkBox();
    const [a, b, c] = [1, 2, 3].map((fill) => box.add(new Uint8Array(fill)));
    if (a === undefined || b === undefined || c === undefined) throw new Error("unreachable");
    const manifest = sampleManifest({
      state: { bytes: 1, chunks: [a, b] },
      bios: { bytes: 1, chunks: [a] },
      disk: { bytes: 16 * BLOCK_BYTES, map: { bytes: 1, chunks: [c] } },
    });
    expect(chunkNames(manifest)).toEqual(new Set([a, b, c].map(({ sha256 }) => sha256)));
    expect(chunkNames(sampleManifest()).size).toBe(0);
  });
});
