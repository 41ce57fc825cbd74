import { describe, expect, it } from "vitest";
import { overallShare, START_STAGES, STAGE_WEIGHTS, startProgress } from "./start-progress";

describe("startProgress", () => {
  it("tells bytes while it loads, and nothing while the total is not known", () => {
    expect(startProgress({ kind: "loading", bytes: 25, total: 100, cached: 10 })).toEqual({
      stage: "loading",
      share: 0.25,
      bytes: { done: 25, total: 100, cached: 10 },
    });
    expect(startProgress({ kind: "loading", bytes: 0, total: 0, cached: 0 })).toEqual({
      stage: "loading",
      share: undefined,
      bytes: undefined,
    });
    expect(startProgress({ kind: "idle" })?.share).toBeUndefined();
  });

  it("counts restored pages as bytes of memory", () => {
    expect(startProgress({ kind: "restoring", pages: 256, total: 512 })).toEqual({
      stage: "restoring",
      share: 0.5,
      bytes: { done: 1_048_576, total: 2_097_152, cached: 0 },
    });
  });

  it("never leaves 0 to 1, whatever comes", () => {
    expect(startProgress({ kind: "loading", bytes: 120, total: 100, cached: 0 })?.share).toBe(1);
    expect(startProgress({ kind: "restoring", pages: 1, total: 0 })?.share).toBeUndefined();
  });

  it("has nothing to say about a machine that is not starting", () => {
    expect(startProgress({ kind: "ready" })).toBeUndefined();
    expect(startProgress({ kind: "paused" })).toBeUndefined();
    expect(startProgress({ kind: "failed", error: { code: "network", message: "" } })).toBeUndefined();
  });
});

describe("overallShare", () => {
  it("only grows from one stage to the next, and ends at 1", () => {
    const shares = START_STAGES.flatMap((stage) =>
      [undefined, 0.5, 1].map((share) => overallShare({ stage, share, bytes: undefined })),
    );
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares[0]).toBe(0);
    expect(shares.at(-1)).toBeCloseTo(1);
    expect(Object.values(STAGE_WEIGHTS).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1);
  });
});
