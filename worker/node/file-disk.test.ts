import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { BLOCK_BYTES } from "../../contract/manifest";
import { Disk } from "../disk/disk";
import { MemorySlotStore, Overlay } from "../disk/overlay";
import { firstDifference } from "../disk/testing/first-difference";
import { pattern } from "../lan/testing/random";
import { FileDisk } from "./file-disk";

const folder = mkdtempSync(join(tmpdir(), "drydock-disk-"));
afterAll(() => rmSync(folder, { recursive: true }));

function imageOf(bytes: Uint8Array): FileDisk {
  const path = join(folder, "disk.img");
  writeFileSync(path, bytes);
  return new FileDisk(path);
}

describe("FileDisk", () => {
  it("reads any blocks of the file", async () => {
    const content = pattern(0, 40 * BLOCK_BYTES);
    const file = imageOf(content);
    expect(file.byteLength).toBe(content.byteLength);
    for (const [first, count] of [
      [0, 1],
      [39, 1],
      [3, 20],
      [0, 40],
    ] as const) {
      const expected = content.subarray(first * BLOCK_BYTES, (first + count) * BLOCK_BYTES);
      const bytes = new Uint8Array(count * BLOCK_BYTES);
      expect(file.peekBlocks(first, bytes)).toBe(true);
      expect(firstDifference(bytes, expected)).toBe(-1);
      bytes.fill(0);
      await file.readBlocks(first, bytes);
      expect(firstDifference(bytes, expected)).toBe(-1);
    }
    file.close();
  });

  it("has zeros in the part of the last block that the file does not have", async () => {
    const file = imageOf(pattern(0, BLOCK_BYTES + 512));
    const bytes = new Uint8Array(2 * BLOCK_BYTES).fill(9);
    await file.readBlocks(0, bytes);
    expect(firstDifference(bytes.subarray(0, BLOCK_BYTES + 512), pattern(0, BLOCK_BYTES + 512))).toBe(-1);
    expect(bytes.subarray(BLOCK_BYTES + 512)).toEqual(new Uint8Array(BLOCK_BYTES - 512));
    file.close();
  });

  it("is never written: the overlay has what the guest writes", async () => {
    const file = imageOf(pattern(0, 4 * BLOCK_BYTES));
    const disk = new Disk(file, new Overlay(new MemorySlotStore(), 4));
    await disk.write(512, pattern(9, 6000 - (6000 % 512)));
    const bytes = new Uint8Array(4 * BLOCK_BYTES);
    await file.readBlocks(0, bytes);
    expect(firstDifference(bytes, pattern(0, 4 * BLOCK_BYTES))).toBe(-1);
    expect(disk.peek(512, 512)).toEqual(pattern(9, 512));
    file.close();
  });

  it("fails for a file that is not there", () => {
    expect(() => new FileDisk(join(folder, "none"))).toThrow("ENOENT");
  });
});
