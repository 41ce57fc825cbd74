import { describe, expect, it } from "vitest";
import { checksum, foldChecksum, sumPseudoHeader, sumWords } from "./checksum";
import { hex, pattern } from "./testing/random";

/** The definition, word by word. */
function slowChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) {
    sum += ((bytes[at] ?? 0) << 8) + (bytes[at + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return ~sum & 0xffff;
}

describe("the Internet checksum", () => {
  it("is that of the example in RFC 1071 §3", () => {
    // 0001 + f203 + f4f5 + f6f7 = ddf2 after folding
    expect(checksum(hex("0001 f203 f4f5 f6f7"))).toBe(~0xddf2 & 0xffff);
  });

  it("is zero over a header that holds it", () => {
    expect(checksum(hex("4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7"))).toBe(0);
  });

  it("agrees with the definition for every length, also odd ones, and any alignment", () => {
    for (let length = 0; length < 100; length += 1) {
      for (let shift = 0; shift < 4; shift += 1) {
        const bytes = pattern(length * 7, length + shift).subarray(shift);
        expect(checksum(bytes)).toBe(slowChecksum(bytes));
      }
    }
  });

  it("takes part of an array, and adds up over parts", () => {
    const bytes = pattern(3, 61);
    expect(checksum(bytes, 5, 40)).toBe(slowChecksum(bytes.subarray(5, 40)));
    expect(foldChecksum(sumWords(bytes, 0, 20) + sumWords(bytes, 20, 61))).toBe(checksum(bytes));
  });

  it("stays exact for 64 KiB of ones", () => {
    const bytes = new Uint8Array(65536).fill(255);
    expect(checksum(bytes)).toBe(0);
    bytes[65535] = 254;
    expect(checksum(bytes)).toBe(1);
  });

  it("sees every flipped bit", () => {
    const bytes = hex("4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7");
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(checksum(flipped)).not.toBe(0);
    }
  });

  it("sums a pseudo-header", () => {
    expect(sumPseudoHeader(0x0a00020f, 0x0a000202, 17, 33)).toBe(0x0a00 + 0x020f + 0x0a00 + 0x0202 + 17 + 33);
  });
});
