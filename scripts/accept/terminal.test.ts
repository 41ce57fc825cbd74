import { describe, expect, it } from "vitest";
import { parseCases, run, state, watch } from "./case";
import { silenceLimit } from "./run-lanes";
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

describe("silenceLimit", () => {
  it("is longer than the longest step", () => {
    const [short, long] = parseCases([
      {
        id: "short",
        steps: [run("true", { sees: "x", seconds: 10 }), state("true", "", { within: 5, seconds: 20 })],
      },
      { id: "long", steps: [watch(["a", "b"], { seconds: 300 })] },
    ]);
    if (short === undefined || long === undefined) throw new Error("two cases were given");
    expect(silenceLimit(short)).toBeGreaterThan(25);
    expect(silenceLimit(long) - silenceLimit(short)).toBe(600 - 25);
  });
});
