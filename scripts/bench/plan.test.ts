import { expect, it } from "vitest";
import { median } from "./median";
import { describeSeconds, planFirstMinute } from "./plan";

it("takes the middle", () => {
  expect([median([3]), median([5, 1, 3]), median([4, 1, 3, 2])]).toEqual([3, 3, 2.5]);
});

it("runs as many containers as it is told, of which one is the first", () => {
  const count = (runs: number, name: string): number =>
    planFirstMinute(runs).filter((step) => step.name === name).length;
  expect([count(1, "run-first"), count(1, "run-later")]).toEqual([1, 0]);
  expect([count(20, "run-first"), count(20, "run-later")]).toEqual([1, 19]);
});

it("tells each figure with what it is made of, and how far the slowest run is from the others", () => {
  const seconds = { "run-first": [5.5], "run-later": [3, 6, 2, 3], "ps-last": [1] };
  const told = describeSeconds("first-minute", seconds, "Chromium 156");
  expect(told.map(({ name, value, unit }) => [name, value, unit])).toEqual([
    ["first-minute-run-first", 5.5, "s"],
    ["first-minute-run-later", 3, "s"],
    ["first-minute-run-slowest", 6, "s"],
    ["first-minute-run-spread", 2, "ratio"],
    ["first-minute-ps-last", 1, "s"],
  ]);
  expect(told[0]?.note).toBe("Chromium 156");
  expect(told[1]?.note).toBe("median of 3.0, 6.0, 2.0, 3.0");
});
