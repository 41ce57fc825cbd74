import { beforeAll, describe, expect, it } from "vitest";
import { pattern } from "../lan/testing/random";
import { flipBit } from "./testing/chunk-box";
import { firstDifference } from "./testing/first-difference";
import { storedFrame } from "./testing/zstd-frame";
import { createDecompress, type Decompress } from "./zstd";

let decompress: Decompress;
beforeAll(async () => {
  decompress = await createDecompress();
});

const badChunk = expect.objectContaining({ code: "bad-chunk" }) as unknown;

describe("decompress", () => {
  it("gives the content of a frame, of one block or of several", () => {
    for (const size of [1, 4096, 128 * 1024, 128 * 1024 + 1, 512 * 1024]) {
      const content = pattern(size, size);
      expect(firstDifference(decompress(storedFrame(content), size), content)).toBe(-1);
    }
  });

  it("expands a repeated byte (RFC 8878, 3.1.1.2.2)", () => {
    // The same frame header, then one last block of type 1: 4096 times 7.
    const frame = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0x00, 0x10, 0, 0, 0x03, 0x80, 0, 7);
    expect(decompress(frame, 4096)).toEqual(new Uint8Array(4096).fill(7));
  });

  it("needs no frame for nothing", () => {
    expect(decompress(new Uint8Array(0), 0)).toEqual(new Uint8Array(0));
  });

  it("keeps its answers apart", () => {
    const first = decompress(storedFrame(pattern(0, 4096)), 4096);
    const second = decompress(storedFrame(pattern(9, 4096)), 4096);
    expect(first).toEqual(pattern(0, 4096));
    expect(second).toEqual(pattern(9, 4096));
  });

  it("refuses a frame of another size", () => {
    const frame = storedFrame(pattern(0, 4096));
    for (const size of [1, 4095, 4097, 1 << 20]) expect(() => decompress(frame, size)).toThrow(badChunk);
  });

  it("refuses a frame that is cut anywhere", () => {
    const frame = storedFrame(pattern(0, 300));
    for (let end = 0; end < frame.byteLength; end++) {
      expect(() => decompress(frame.subarray(0, end), 300)).toThrow(badChunk);
    }
  });

  it("refuses a frame with another magic, header or block, and bytes behind it", () => {
    const frame = storedFrame(pattern(0, 300));
    for (const at of [0, 3, 5, 9, 11]) expect(() => decompress(flipBit(frame, at), 300)).toThrow(badChunk);
    expect(() => decompress(Uint8Array.of(...frame, 1, 2, 3), 300)).toThrow(badChunk);
    expect(() => decompress(pattern(0, 1000), 300)).toThrow(badChunk);
    expect(() => decompress(new Uint8Array(0), 300)).toThrow(badChunk);
  });

  it("still works after what it refused", () => {
    expect(() => decompress(pattern(0, 1000), 300)).toThrow(badChunk);
    expect(decompress(storedFrame(pattern(5, 300)), 300)).toEqual(pattern(5, 300));
  });
});
