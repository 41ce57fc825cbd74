import { describe, expect, it } from "vitest";
import { noise, pattern, seededRandom } from "../../lan/testing/random";
import { Fingerprints } from "./fingerprints";

const PAGE_BYTES = 4096;

function of(bytes: Uint8Array): string {
  const fingerprints = new Fingerprints(1);
  fingerprints.record(0, bytes);
  return fingerprints.of(0).join(" ");
}

describe("a page's fingerprint", () => {
  it("changes with every single bit, wherever it is", () => {
    const random = seededRandom(3);
    const bytes = noise(PAGE_BYTES);
    const seen = new Set([of(bytes)]);
    for (let bit = 0; bit < PAGE_BYTES * 8; bit += 1 + Math.floor(random() * 8)) {
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const fingerprint = of(bytes);
      expect(seen.has(fingerprint)).toBe(false);
      seen.add(fingerprint);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    }
  });

  it("changes in both halves when two words change their topmost bits, or change places", () => {
    const bytes = pattern(0, PAGE_BYTES);
    const words = new Uint32Array(bytes.buffer);
    const before = of(bytes).split(" ");
    const differs = (): void => {
      const after = of(bytes).split(" ");
      expect(after[0]).not.toBe(before[0]);
      expect(after[1]).not.toBe(before[1]);
    };
    for (const [one, other] of [
      [0, 2],
      [10, 900],
      [1020, 1022],
    ] as const) {
      const [a = 0, b = 0] = [words[one], words[other]];
      words[one] = (a ^ 0x8000_0000) >>> 0;
      words[other] = (b ^ 0x8000_0000) >>> 0;
      differs();
      words[one] = b;
      words[other] = a;
      differs();
      words[one] = a;
      words[other] = b;
    }
  });

  it("is the same wherever the bytes lie, and is never that of zeros", () => {
    const bytes = noise(PAGE_BYTES);
    const elsewhere = new Uint8Array(PAGE_BYTES + 3);
    elsewhere.set(bytes, 3);
    expect(of(elsewhere.subarray(3))).toBe(of(bytes));
    expect(of(bytes)).not.toBe("0 0");
  });
});

describe("the fingerprints of a memory", () => {
  it("name the pages that are not as in another", () => {
    const one = new Fingerprints(8);
    one.record(2, pattern(1, PAGE_BYTES));
    one.record(5, pattern(2, PAGE_BYTES));
    const other = one.copy();
    expect(one.differing(other)).toEqual([]);
    other.record(5, pattern(3, PAGE_BYTES));
    other.set(2, 0, 0);
    other.record(7, pattern(4, PAGE_BYTES));
    expect(one.differing(other)).toEqual([2, 5, 7]);
    expect(other.isZero(2)).toBe(true);
    expect(one.isZero(2)).toBe(false);
    expect(one.isSame(0, other)).toBe(true);
  });
});
