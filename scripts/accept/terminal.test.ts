import { describe, expect, it } from "vitest";
import { findPattern } from "./terminal";

describe("findPattern", () => {
  it("says where the first match from a place on ends", () => {
    expect(findPattern("one two one", "one")).toBe(3);
    expect(findPattern("one two one", "one", 3)).toBe(11);
    expect(findPattern("one two one", /t\w+/, 1)).toBe(7);
    expect(findPattern("one two one", "three")).toBe(-1);
    expect(findPattern("", /x/)).toBe(-1);
  });

  it("does not remember earlier searches of a global expression", () => {
    const pattern = /one/g;
    expect(findPattern("one", pattern)).toBe(3);
    expect(findPattern("one", pattern)).toBe(3);
  });
});
