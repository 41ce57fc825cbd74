import { expect, it } from "vitest";
import { StorageShelf } from "./storage-shelf";

it("a shelf keeps what pages store apart by origin and area, up to a limit", () => {
  const shelf = new StorageShelf();
  shelf.put("http://localhost", "local", "a", "1");
  shelf.put("http://localhost", "session", "a", "2");
  shelf.put("http://localhost:81", "local", "__proto__", "3");
  expect(shelf.of("http://localhost")).toEqual({ local: { a: "1" }, session: { a: "2" } });
  expect(Object.entries(shelf.of("http://localhost:81").local)).toEqual([["__proto__", "3"]]);
  shelf.put("http://localhost", "local", "a", undefined);
  shelf.put("http://localhost", "local", "never", undefined);
  expect(shelf.of("http://localhost").local).toEqual({});
  for (let n = 0; n < 10; n++) shelf.put("http://localhost", "local", `k${n}`, "x".repeat(5 * 1024 * 1024));
  expect(Object.keys(shelf.of("http://localhost").local)).toHaveLength(3);
  shelf.put("http://localhost", "local", "k0", "small");
  shelf.put("http://localhost", "local", "k9", "fits again");
  expect(shelf.of("http://localhost").local["k9"]).toBe("fits again");
  shelf.clear();
  expect(shelf.of("http://localhost").local).toEqual({});
});
