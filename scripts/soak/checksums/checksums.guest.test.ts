/** A machine that goes on with compiled code from the snapshot computes what a processor computes. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { restoreInNode } from "../../../worker/node/machine-in-node";
import { builtGuest } from "../../../worker/node/testing/built-guest";
import { computeInGuest, prepareChecksums } from "./checksums";

it("computes right, the first time and when all of it is compiled", async () => {
  const folder = await mkdtemp(join(tmpdir(), "drydock-checksums-"));
  const machine = await restoreInNode(builtGuest());
  try {
    const checksums = await prepareChecksums(folder);
    expect(checksums.expected.split("\n")).toHaveLength(7);
    for (let round = 0; round < 3; round++) {
      expect(await computeInGuest(machine, checksums)).toBe(checksums.expected);
    }
  } finally {
    await machine.destroy();
    await rm(folder, { recursive: true });
  }
});
