import { describe, expect, it } from "vitest";
import {
  describeCheck,
  findOver,
  formatLimit,
  formatValue,
  judge,
  type Measured,
  parseBudget,
  readBudget,
} from "./budget";

const budget = parseBudget(
  JSON.stringify({
    "size-prompt": { unit: "bytes", atMost: 52e6, strict: true, target: 25e6 },
    "run-first": { unit: "s", atMost: 5, strict: false },
    "hub-blob": { unit: "MiB/s", atLeast: 4.8, strict: false },
  }),
);
const prompt = (value: number): Measured => ({ name: "size-prompt", value, unit: "bytes" });
const run = (value: number): Measured => ({ name: "run-first", value, unit: "s" });
const blob = (value: number): Measured => ({ name: "hub-blob", value, unit: "MiB/s" });
const other: Measured = { name: "constructor", value: 1, unit: "s" };

describe("the budget", () => {
  it("is a file that can be read, and all that is strict in it is a size", async () => {
    const limits = Object.values(await readBudget());
    expect(limits.length).toBeGreaterThan(20);
    for (const { strict, unit } of limits) expect(strict).toBe(strict && unit === "bytes");
  });

  it.each([
    ["no limit", { unit: "s", strict: true }],
    ["two limits", { unit: "s", strict: true, atMost: 1, atLeast: 1 }],
    ["an unknown unit", { unit: "h", strict: true, atMost: 1 }],
    ["a negative limit", { unit: "s", strict: true, atMost: -1 }],
    ["a word instead of a number", { unit: "s", strict: true, atMost: "1" }],
    ["something else besides", { unit: "s", strict: true, atMost: 1, note: "" }],
  ])("refuses %s", (_, limit) => {
    expect(() => parseBudget(JSON.stringify({ figure: limit }))).toThrow(/figure/);
  });
});

it("judges in both directions, and knows what it does not know", () => {
  expect([judge(prompt(52e6), budget), judge(prompt(52e6 + 1), budget)]).toEqual(["ok", "over"]);
  expect([judge(blob(4.8), budget), judge(blob(4.7), budget)]).toEqual(["ok", "over"]);
  expect(judge(other, budget)).toBe("none");
  expect(() => judge({ ...run(1), unit: "ms" }, budget)).toThrow(/run-first is in ms, its budget in s/);
});

it("fails for what is strict, and for times only when asked to", () => {
  const figures = [prompt(60e6), run(6), blob(1), other];
  expect(findOver(figures, budget)).toEqual([prompt(60e6)]);
  expect(findOver(figures, budget, true)).toEqual([prompt(60e6), run(6), blob(1)]);
  expect(findOver([prompt(1), run(1), blob(9)], budget, true)).toEqual([]);
});

it("says figure, budget and verdict, a line each", () => {
  expect(describeCheck([prompt(50.04e6), run(13.1), blob(20), other], budget)).toEqual([
    "size-prompt      50.04 MB  at most 52.00 MB      ok; target 25.00 MB",
    "run-first          13.1 s  at most 5 s           over (reported only)",
    "hub-blob         20 MiB/s  at least 4.80 MiB/s   ok",
  ]);
  expect(describeCheck([prompt(60e6)], budget)[0]).toMatch(/ OVER; target 25\.00 MB$/);
  expect(describeCheck([other], budget)).toEqual([]);
});

it("writes values as they are read", () => {
  expect([formatValue(3, "s"), formatValue(3.14159, "s"), formatValue(31.4159, "s")]).toEqual([
    "3 s",
    "3.14 s",
    "31.4 s",
  ]);
  expect([formatValue(0.03, "ratio"), formatValue(1.65, "ratio")]).toEqual(["0.0300", "1.65"]);
  expect(formatLimit({ unit: "s", strict: false, atLeast: 5 })).toBe("at least 5 s");
});
