import { expect, it } from "vitest";
import { formatMeasurement, type Measurement } from "./figure";

const budget = { pull: { unit: "s", atMost: 12, strict: false } } as const;
const at = (value: number): Measurement => ({ name: "pull", value, unit: "s" });

it("says it in one line", () => {
  expect(formatMeasurement(at(3), {})).toBe("pull: 3 s");
  expect(formatMeasurement(at(3.14159), budget)).toBe("pull: 3.14 s (ok: at most 12 s)");
  expect(formatMeasurement({ ...at(31.4159), note: "cold" }, budget)).toBe(
    "pull: 31.4 s (over: at most 12 s) - cold",
  );
});
