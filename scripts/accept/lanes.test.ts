import { describe, expect, it } from "vitest";
import { parseCases, run, state, watch } from "./case";
import { CASES } from "./cases";
import { imagesKey } from "./lane";
import { divideCases, limitOf, titleOf } from "./lanes";

describe("divideCases", () => {
  it("gives every case to one lane, and cases with the same images to the same one", () => {
    const lanes = divideCases(CASES);
    expect(
      lanes
        .flat()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(CASES.map(({ id }) => id).sort());
    const keys = lanes.map((cases) => new Set(cases.map(imagesKey).filter((key) => key !== "")));
    for (const key of keys[0] ?? []) expect(keys[1]?.has(key)).toBe(false);
  });

  it("puts cases with the same images one after another", () => {
    for (const cases of divideCases(CASES)) {
      const changes = cases.filter((each, index) => {
        const before = cases[index - 1];
        return each.images.length > 0 && (before === undefined || imagesKey(before) !== imagesKey(each));
      });
      expect(changes).toHaveLength(new Set(changes.map(imagesKey)).size);
    }
  });

  it("gives no lane much more of npm test's part, or of all, than the other", () => {
    const steps = (subset: boolean): number[] =>
      divideCases(CASES).map((cases) =>
        cases.filter((each) => !subset || each.subset).reduce((sum, each) => sum + each.steps.length, 0),
      );
    for (const [first = 0, second = 0] of [steps(true), steps(false)]) {
      expect(Math.abs(first - second)).toBeLessThanOrEqual(0.2 * (first + second));
    }
  });
});

describe("limitOf", () => {
  it("is longer than all steps together", () => {
    const [short, long] = parseCases([
      {
        id: "short",
        steps: [run("true", { sees: "x", seconds: 10 }), state("true", "", { within: 5, seconds: 20 })],
      },
      { id: "long", steps: [watch(["a", "b"], { seconds: 300 })] },
    ]);
    if (short === undefined || long === undefined) throw new Error("two cases were given");
    expect(limitOf(short)).toBeGreaterThan(35);
    expect(limitOf(long) - limitOf(short)).toBe(600 - 35);
  });
});

it("a row is called by its id, which -t finds", () => {
  expect(titleOf("ps")).toBe("ps: docker ps");
});

describe("parseCases", () => {
  const steps = [run("true", { sees: "x" })];
  it.each([
    ["no steps", { id: "x", steps: [] }],
    ["an unknown field", { id: "x", steps, skip: true }],
    ["a reason that gives none", { id: "x", steps, because: "so" }],
    ["an empty pattern", { id: "x", steps: [run("true", { sees: "" })] }],
    ["a relative path", { id: "x", steps: [{ kind: "write" as const, path: "x", text: "" }] }],
  ])("refuses %s and names the case", (_, input) => {
    expect(() => parseCases([input])).toThrow(/case "x"/);
  });
});
