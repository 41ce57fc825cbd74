import { expect, it } from "vitest";
import { describeFirstMinute, median } from "./first-minute";
import { quotaFor } from "./throttle";

it("takes the middle", () => {
  expect([median([3]), median([5, 1, 3]), median([4, 1, 3, 2])]).toEqual([3, 3, 2.5]);
});

it("tells each figure with what it is made of, and how far the slowest run is from the others", () => {
  const seconds = { "run-first": [5.5], "run-later": [3, 6, 2, 3], "ps-last": [1] };
  const told = describeFirstMinute({ browser: "156", seconds });
  expect(told.map(({ name, value }) => [name, value])).toEqual([
    ["first-minute-run-first", 5.5],
    ["first-minute-run-later", 3],
    ["first-minute-run-worst", 2],
    ["first-minute-ps-last", 1],
  ]);
  expect(told[0]).toMatchObject({ goal: { atMost: 5 }, note: "Chromium 156" });
  expect(told[1]?.note).toBe("median of 3.0, 6.0, 2.0, 3.0");
  expect(told[3]).not.toHaveProperty("goal");
});

it("gives a slower machine its share of all processors", () => {
  expect([quotaFor(1, 2), quotaFor(4, 2), quotaFor(8, 4)]).toEqual([200_000, 50_000, 50_000]);
  for (const bad of [0, -1, Number.NaN, 0.5]) expect(() => quotaFor(bad, 2)).toThrow(RangeError);
});
