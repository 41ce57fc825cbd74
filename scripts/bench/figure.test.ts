import { expect, it } from "vitest";
import { formatMeasurement, type Measurement, meetsGoal } from "./figure";

const at = (value: number, goal?: Measurement["goal"]): Measurement => ({
  name: "pull",
  value,
  unit: "s",
  ...(goal === undefined ? {} : { goal }),
});

it("knows when a goal is met", () => {
  expect(meetsGoal(at(12))).toBeUndefined();
  expect(meetsGoal(at(12, { atMost: 12 }))).toBe(true);
  expect(meetsGoal(at(12.1, { atMost: 12 }))).toBe(false);
  expect(meetsGoal(at(5, { atLeast: 5 }))).toBe(true);
  expect(meetsGoal(at(4.9, { atLeast: 5 }))).toBe(false);
});

it("says it in one line", () => {
  expect(formatMeasurement(at(3))).toBe("pull: 3 s");
  expect(formatMeasurement(at(3.14159, { atMost: 12 }))).toBe("pull: 3.14 s (ok: at most 12)");
  expect(formatMeasurement({ ...at(31.4159, { atMost: 12 }), note: "cold" })).toBe(
    "pull: 31.4 s (MISSED: at most 12) - cold",
  );
});
