import { expect, it } from "vitest";
import { describeFirstMinute } from "./first-minute";
import { quotaFor } from "./throttle";

it("tells the seconds, then what an idle prompt and the tab take", () => {
  const idle = { all: 0.05, tab: 0.04, seconds: 20 };
  const told = describeFirstMinute({ browser: "156", seconds: { "ps-last": [1] }, idle, tabBytes: 7e8 });
  expect(told).toEqual([
    { name: "first-minute-ps-last", value: 1, unit: "s", note: "Chromium 156" },
    {
      name: "first-minute-idle",
      value: 0.05,
      unit: "ratio",
      note: "of a core, over 20 s; the tab alone 4.0 %",
    },
    { name: "first-minute-tab-memory", value: 7e8, unit: "bytes", note: "after all of these" },
  ]);
});

it("gives a slower machine its share of all processors", () => {
  expect([quotaFor(1, 2), quotaFor(4, 2), quotaFor(8, 4)]).toEqual([200_000, 50_000, 50_000]);
  for (const bad of [0, -1, Number.NaN, 0.5]) expect(() => quotaFor(bad, 2)).toThrow(RangeError);
});
