import { describe, expect, it } from "vitest";
import { moveShare, shareAt } from "./split-share";

const frame = { left: 100, top: 50, width: 400, height: 200 };

describe("a split", () => {
  it("follows the pointer, and leaves both panes room", () => {
    expect(shareAt("row", { x: 300, y: 0 }, frame)).toBe(0.5);
    expect(shareAt("column", { x: 0, y: 150 }, frame)).toBe(0.5);
    expect(shareAt("row", { x: -9000, y: 0 }, frame)).toBeCloseTo(0.15);
    expect(shareAt("row", { x: 9000, y: 0 }, frame)).toBeCloseTo(0.85);
    expect(shareAt("row", { x: 100, y: 0 }, { ...frame, width: 0 })).toBe(0.5);
  });

  it("follows the arrow keys along its direction", () => {
    expect(moveShare("row", 0.5, "ArrowRight")).toBeCloseTo(0.55);
    expect(moveShare("column", 0.5, "ArrowUp")).toBeCloseTo(0.45);
    expect(moveShare("row", 0.5, "ArrowUp")).toBeUndefined();
    expect(moveShare("column", 0.84, "ArrowDown")).toBeCloseTo(0.85);
    expect([moveShare("row", 0.5, "Home"), moveShare("row", 0.5, "End")]).toEqual([0.15, 0.85]);
    expect(moveShare("row", 0.5, "Enter")).toBeUndefined();
  });
});
