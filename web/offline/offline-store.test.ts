import { beforeEach, describe, expect, it, vi } from "vitest";
import { DrydockError, serialiseError } from "../../contract/errors";
import type { FetchEnd, PartId, Survey } from "../../contract/offline";
import { parseOfflineMemory, type OfflineMemory } from "./offline-memory";
import { OfflineStore } from "./offline-store";
import { sizeOf, withFile } from "./sums";

/** nginx and redis share their base, file 2. */
const SURVEY: Survey = {
  release: "r1",
  files: [
    { bytes: 50, kept: true },
    { bytes: 30, kept: false },
    { bytes: 20, kept: false },
    { bytes: 5, kept: false },
    { bytes: 7, kept: false },
  ],
  parts: [
    { id: "machine", files: [0] },
    { id: "disk", files: [1] },
    { id: "image:library/nginx", files: [2, 3] },
    { id: "image:library/redis", files: [2, 4] },
  ],
};
const IMAGES: PartId[] = ["image:library/nginx", "image:library/redis"];

let survey: Survey;
let stored: unknown;
let online: boolean;
let persist: boolean | undefined;
let fetchAnswer: () => Promise<FetchEnd>;
const free = vi.fn(() => Promise.resolve());
const end = vi.fn();
const stop = vi.fn(() => Promise.resolve());
const fetch = vi.fn((_parts: readonly PartId[], _done: MessagePort) => fetchAnswer());

beforeEach(() => {
  survey = SURVEY;
  stored = undefined;
  online = true;
  persist = true;
  fetchAnswer = () => Promise.resolve({ kind: "done" });
  vi.clearAllMocks();
});

function storeOf(): OfflineStore {
  return new OfflineStore({
    connect: () => {
      let surveyed = false;
      const ready = (): void => {
        if (!surveyed) throw new Error("nothing was surveyed");
      };
      return {
        end,
        service: {
          survey: () => {
            surveyed = true;
            return Promise.resolve(survey);
          },
          fetch: (...parameters: Parameters<typeof fetch>) => {
            ready();
            return fetch(...parameters);
          },
          stop,
          verify: () => {
            ready();
            return Promise.resolve({ checked: 3, damaged: 1 });
          },
          free,
        },
      };
    },
    places: { siteUrl: "https://site.example/", guestUrl: "https://site.example/guest/" },
    storage: {
      read: () => Promise.resolve(stored),
      write: (memory) => {
        stored = memory;
        return Promise.resolve();
      },
    },
    browser: {
      persist: () => Promise.resolve(persist),
      persisted: () => Promise.resolve(false),
      estimate: () => Promise.resolve({ used: 1, quota: 100 }),
    },
    isOnline: () => online,
  });
}

const memory = (): OfflineMemory => parseOfflineMemory(stored);

describe("sizes", () => {
  it("count what parts share once", () => {
    expect(sizeOf(SURVEY, ["image:library/nginx"])).toEqual({ bytes: 25, kept: 0 });
    expect(sizeOf(SURVEY, IMAGES)).toEqual({ bytes: 32, kept: 0 });
    expect(sizeOf(withFile(SURVEY, 2), IMAGES)).toEqual({ bytes: 32, kept: 20 });
    expect(withFile(SURVEY, 99)).toBe(SURVEY);
    expect(sizeOf(SURVEY, ["image:unknown"])).toEqual({ bytes: 0, kept: 0 });
  });
});

describe("choosing and fetching", () => {
  it("fetches what was chosen, asks the browser to keep it, and says what it answered", async () => {
    persist = false;
    const store = storeOf();
    await store.look();
    store.choose("disk", true);
    store.choose("machine", true);
    store.choose("disk", false);
    survey = { ...SURVEY, files: SURVEY.files.map((file) => ({ ...file, kept: true })) };
    await store.start();
    expect(fetch.mock.calls[0]?.[0]).toEqual(["machine"]);
    expect(store.getSnapshot()).toMatchObject({
      activity: { kind: "idle" },
      persistence: "denied",
      room: { used: 1, quota: 100 },
    });
    expect(memory()).toMatchObject({ wanted: ["machine"], running: false });
  });

  it("counts what has come while it is under way", async () => {
    const store = storeOf();
    await store.look();
    let finish: (end: FetchEnd) => void = () => undefined;
    fetchAnswer = () => new Promise((resolve) => (finish = resolve));
    const fetched = store.start();
    await vi.waitFor(() => expect(fetch).toHaveBeenCalled());
    const port = fetch.mock.calls[0]?.[1];
    for (const word of [{ file: 1 }, { file: "2" }, null, { file: 99 }]) port?.postMessage(word);
    await vi.waitFor(() => expect(store.getSnapshot().survey?.files[1]?.kept).toBe(true));
    port?.close();
    finish({ kind: "done" });
    await fetched;
  });

  it("pauses, and goes on at the next visit only when it was under way", async () => {
    const store = storeOf();
    store.choose("disk", true);
    let finish: (end: FetchEnd) => void = () => undefined;
    fetchAnswer = () => new Promise((resolve) => (finish = resolve));
    const fetched = store.start();
    await vi.waitFor(() => expect(fetch).toHaveBeenCalled());
    expect(memory().running).toBe(true);
    const next = storeOf();
    fetchAnswer = () => Promise.resolve({ kind: "done" });
    await next.resume();
    expect(fetch).toHaveBeenCalledTimes(2);

    await store.pause();
    expect(stop).toHaveBeenCalled();
    finish({ kind: "stopped" });
    await fetched;
    expect(store.getSnapshot().activity).toEqual({ kind: "paused" });
    await storeOf().resume();
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it("waits for a network that is away, and goes on by itself", async () => {
    const store = storeOf();
    online = false;
    const error = serialiseError(new DrydockError("network", "away"));
    fetchAnswer = () => Promise.resolve({ kind: "failed", error });
    await store.start();
    expect(store.getSnapshot().activity).toEqual({ kind: "waiting" });
    online = true;
    fetchAnswer = () => Promise.resolve({ kind: "done" });
    store.resumeOnline();
    await vi.waitFor(() => expect(store.getSnapshot().activity).toEqual({ kind: "idle" }));
  });

  it.each<[FetchEnd, string]>([
    [{ kind: "full" }, "full"],
    [{ kind: "failed", error: serialiseError(new DrydockError("bad-chunk", "altered")) }, "failed"],
  ])("says why it stopped (%j), and may be started again", async (end, kind) => {
    const store = storeOf();
    fetchAnswer = () => Promise.resolve(end);
    await store.start();
    expect(store.getSnapshot().activity.kind).toBe(kind);
    fetchAnswer = () => Promise.resolve({ kind: "done" });
    await store.start();
    expect(store.getSnapshot().activity.kind).toBe("idle");
  });

  it("follows a new release with what was chosen", async () => {
    stored = { wanted: ["disk"], running: false, whole: ["disk"], release: "r0" };
    const store = storeOf();
    await store.resume();
    expect(fetch.mock.calls[0]?.[0]).toEqual(["disk"]);
    // Another release's files were never here: nothing is lost.
    expect(store.getSnapshot().lost).toBe(0);
  });
});

describe("what is kept", () => {
  it("is verified", async () => {
    const store = storeOf();
    await store.look();
    await store.verify();
    expect(store.getSnapshot()).toMatchObject({
      verified: { checked: 3, damaged: 1 },
      activity: { kind: "idle" },
    });
  });

  it("needs no worker after the visit's start, and gets one again", async () => {
    const store = storeOf();
    await store.resume();
    expect(end).toHaveBeenCalledOnce();
    await store.verify();
    expect(store.getSnapshot().verified).toEqual({ checked: 3, damaged: 1 });
  });

  it("is freed but for what other chosen parts need, and that is no loss", async () => {
    stored = { wanted: IMAGES, running: false, whole: IMAGES, release: "r1" };
    survey = { ...SURVEY, files: SURVEY.files.map((file) => ({ ...file, kept: true })) };
    const store = storeOf();
    await store.look();
    survey = SURVEY;
    await store.free("image:library/nginx");
    expect(free).toHaveBeenCalledWith(["image:library/nginx"], ["image:library/redis"]);
    expect(store.getSnapshot().lost).toBe(0);
    expect(memory().wanted).toEqual(["image:library/redis"]);
  });

  it("and was fetched by the machine, but found no room, is told", async () => {
    survey = { ...SURVEY, files: SURVEY.files.map((file) => ({ ...file, kept: false })) };
    const store = storeOf();
    await store.look();
    // Nobody knows yet whether the machine has fetched it.
    expect(store.getSnapshot().unkept).toBe(0);
    await store.resume();
    expect(store.getSnapshot().unkept).toBe(50);
    store.dismissLoss();
    expect(store.getSnapshot().unkept).toBe(0);
  });

  it("and was removed by the browser is told once", async () => {
    stored = { wanted: [], running: false, whole: ["machine", "disk", "image:library/nginx"], release: "r1" };
    const store = storeOf();
    await store.resume();
    expect(store.getSnapshot().lost).toBe(30 + 20 + 5);
    store.dismissLoss();
    await store.look();
    expect(store.getSnapshot().lost).toBe(0);
  });
});

describe("what was remembered", () => {
  it.each([
    undefined,
    null,
    7,
    [],
    "x",
    { wanted: "all" },
    { wanted: [7, "moon"], running: "yes", whole: {} },
  ])("is nothing when it is %j", (value) => {
    expect(parseOfflineMemory(value)).toMatchObject({ wanted: [], running: false, whole: [] });
  });

  it("does without a storage", async () => {
    const store = storeOf();
    stored = {
      get wanted(): never {
        throw new Error("denied");
      },
    };
    await store.look();
    expect(store.getSnapshot().survey).toBeDefined();
  });
});
