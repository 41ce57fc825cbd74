import { expect, it } from "vitest";
import { fuzz } from "./testing/fuzz";

/** `npx tsx worker/lan/node/fuzz.ts` plays the same game for as long as one likes. */
it(
  "endpoints on a bad wire never throw, never hang, and never deliver a wrong byte",
  { timeout: 300_000 },
  async () => {
    const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const counts = await fuzz({ frames: 40_000, seed: 1, settle });
    // The wire was bad indeed, and most connections still came through.
    for (const kind of ["lost", "doubled", "delayed", "cut", "flipped"] as const)
      expect(counts[kind]).toBeGreaterThan(100);
    expect(counts.garbage).toBeGreaterThan(1000);
    expect(counts.bytes).toBeGreaterThan(1_000_000);
    expect(counts.endedWell).toBeGreaterThan(counts.connections);
    expect(Object.keys(counts.endedBadly).sort()).toEqual(["aborted", "reset"]);
  },
);
