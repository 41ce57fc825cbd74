import { describe, expect, it } from "vitest";
import { createStorage, mergeCookie } from "./page-storage";

describe("a page's storage", () => {
  it("has items, by method and by name, and tells of changes", () => {
    const changes: unknown[] = [];
    const storage = createStorage({ old: "1" }, (key, value) => changes.push([key, value]));
    expect([storage.getItem("old"), storage["old"], storage.length, storage.key(0)]).toEqual([
      "1",
      "1",
      1,
      "old",
    ]);
    storage.setItem("a", 5 as unknown as string);
    storage["b"] = "x";
    expect("b" in storage).toBe(true);
    expect(Object.keys(storage)).toEqual(["old", "a", "b"]);
    expect(Object.entries(storage)).toEqual([
      ["old", "1"],
      ["a", "5"],
      ["b", "x"],
    ]);
    delete storage["a"];
    storage.removeItem("nothing");
    storage.clear();
    expect([storage.getItem("old"), storage["b"], storage.length, storage.key(7)]).toEqual([
      null,
      undefined,
      0,
      null,
    ]);
    expect(changes).toEqual([
      ["a", "5"],
      ["b", "x"],
      ["a", undefined],
      ["old", undefined],
      ["b", undefined],
    ]);
  });

  it("is full some time", () => {
    const storage = createStorage({}, () => undefined);
    storage.setItem("a", "x".repeat(5_000_000));
    expect(() => storage.setItem("b", "x".repeat(500_000))).toThrow(
      expect.objectContaining({ name: "QuotaExceededError" }),
    );
    storage.setItem("a", "y".repeat(5_000_000));
    expect(storage.getItem("b")).toBeNull();
  });
});

describe("an assigned cookie", () => {
  it.each([
    ["", "a=1", "a=1"],
    ["a=1; b=2", "a=3; Path=/", "b=2; a=3"],
    ["a=1; b=2", "a=; Max-Age=0", "b=2"],
    ["a=1", "a=; expires=Thu, 01 Jan 1970 00:00:00 GMT", ""],
    ["a=1", "", "a=1"],
  ])("%j, %j: %j", (before, assigned, after) => {
    expect(mergeCookie(before, assigned)).toBe(after);
  });
});
