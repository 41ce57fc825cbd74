import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ShellQuestion, ShellStatus } from "../../contract/shell";
import { ReleaseStore, type ShellEnd } from "./release-store";
import { parseShellAnswer } from "./shell-link";

const [N, M] = ["n".repeat(64), "m".repeat(64)];

let status: ShellStatus;
let answer: ShellEnd | undefined;
let asked: ShellQuestion[];
let held: string[];
const leave = vi.fn();

beforeEach(() => {
  status = { type: "status", current: N, offered: undefined, previous: undefined };
  answer = { type: "done" };
  asked = [];
  held = [];
  leave.mockClear();
});

function storeOf(): ReleaseStore {
  return new ReleaseStore({
    ask: (question, onProgress) => {
      asked.push(question);
      if (question.type === "status") return Promise.resolve(status);
      onProgress?.(1, 2);
      return Promise.resolve(answer);
    },
    hold: (release) => void held.push(release),
    leave,
    isKept: () => true,
  });
}

const offered = (): void => {
  status = { ...status, offered: M };
};
const kindOf = (store: ReleaseStore): string => store.getSnapshot().news.kind;

describe("the page's release", () => {
  it("is held once, and needs nothing while the site has no other", async () => {
    const store = storeOf();
    await store.look();
    await store.look();
    expect(held).toEqual([N]);
    expect(store.getSnapshot()).toEqual({ news: { kind: "none" }, canGoBack: false });
  });

  it("goes on without a service worker", async () => {
    const store = new ReleaseStore({
      ask: () => Promise.resolve(undefined),
      hold: vi.fn(),
      leave,
      isKept: () => false,
    });
    const inPlace = vi.fn();
    await store.look();
    await store.settle();
    await store.cleanStart(inPlace);
    expect(inPlace).toHaveBeenCalledOnce();
    expect(kindOf(store)).toBe("none");
  });

  it("has shown that it works when its machine runs", async () => {
    status = { ...status, previous: M };
    const store = storeOf();
    await store.look();
    expect(store.getSnapshot().canGoBack).toBe(true);
    await store.settle();
    expect(asked.at(-1)).toEqual({ type: "settled", release: N });
    expect(store.getSnapshot().canGoBack).toBe(false);
  });
});

describe("another release", () => {
  it("is offered, and taken when somebody says so: then the page is loaded anew", async () => {
    const store = storeOf();
    offered();
    await store.look();
    expect(store.getSnapshot().news).toEqual({ kind: "offered", release: M });
    expect(leave).not.toHaveBeenCalled();
    const seen: unknown[] = [];
    store.subscribe(() => seen.push(store.getSnapshot().news));
    expect(await store.take()).toBe(true);
    expect(seen).toContainEqual({ kind: "taking", bytes: 1, total: 2 });
    expect(leave).toHaveBeenCalledOnce();
  });

  it.each([
    [{ type: "failed", reason: "full", message: "" } as const, "full"],
    [{ type: "failed", reason: "altered", message: "" } as const, "altered"],
    [undefined, "network"],
  ])("that cannot be had leaves the page as it is (%j), and can be tried again", async (end, reason) => {
    const store = storeOf();
    offered();
    await store.look();
    answer = end;
    expect(await store.take()).toBe(false);
    expect(store.getSnapshot().news).toEqual({ kind: "failed", reason });
    expect(leave).not.toHaveBeenCalled();
    answer = { type: "done" };
    expect(await store.take()).toBe(true);
  });

  it("comes with a clean machine, and when it cannot be had the machine is cleaned in place", async () => {
    const store = storeOf();
    const inPlace = vi.fn();
    offered();
    await store.look();
    answer = { type: "failed", reason: "network", message: "" };
    await store.cleanStart(inPlace);
    expect(inPlace).toHaveBeenCalledOnce();
    answer = { type: "done" };
    await store.cleanStart(inPlace);
    expect(inPlace).toHaveBeenCalledOnce();
    expect(leave).toHaveBeenCalledOnce();
  });

  it("that another tab took is there with the next clean machine, and nothing is asked for", async () => {
    const store = storeOf();
    await store.look();
    status = { type: "status", current: M, offered: undefined, previous: N };
    await store.look();
    expect(kindOf(store)).toBe("taken");
    // The way back is for pages of the new release.
    expect(store.getSnapshot().canGoBack).toBe(false);
    asked = [];
    await store.cleanStart(vi.fn());
    expect(asked).toEqual([]);
    expect(leave).toHaveBeenCalledOnce();
  });

  it("can be gone back from, unless what was before is gone", async () => {
    status = { ...status, current: M, previous: N };
    const store = storeOf();
    await store.look();
    answer = { type: "failed", reason: "missing", message: "" };
    await store.back();
    expect(leave).not.toHaveBeenCalled();
    expect(store.getSnapshot().canGoBack).toBe(false);
    answer = { type: "done" };
    await store.back();
    expect(leave).toHaveBeenCalledOnce();
  });
});

describe("what the service worker says", () => {
  it.each([{ type: "done" }, { type: "progress", bytes: 1, total: 2 }, { type: "status", current: N }])(
    "can be %j",
    (word) => {
      expect(parseShellAnswer(word)).toMatchObject(word);
    },
  );

  it.each([
    undefined,
    null,
    1,
    "done",
    {},
    { type: "gone" },
    { type: "progress", bytes: "1" },
    { type: "failed" },
  ])("is nothing when it is %j", (word) => {
    expect(parseShellAnswer(word)).toBeUndefined();
  });
});
