import { describe, expect, it } from "vitest";
import { BLOCK_BYTES } from "../../contract/manifest";
import { BLOCKS_PER_CHUNK, BlockPacker } from "./block-packer";

function block(fill: number): Uint8Array {
  return new Uint8Array(BLOCK_BYTES).fill(fill);
}

function numbered(number: number): Uint8Array {
  const bytes = new Uint8Array(BLOCK_BYTES);
  new DataView(bytes.buffer).setUint32(0, number + 1);
  return bytes;
}

describe("BlockPacker", () => {
  it("gives zeros entry 0 and stores equal blocks once", () => {
    const chunks: Uint8Array[] = [];
    const packer = new BlockPacker((bytes) => chunks.push(bytes));
    expect([block(0), block(7), block(9), block(7)].map((bytes) => packer.add(bytes))).toEqual([0, 1, 2, 1]);
    packer.finish();
    expect(packer.count).toBe(2);
    expect(packer.duplicates).toBe(1);
    expect(chunks).toHaveLength(1);
    expect(chunks[0]).toEqual(new Uint8Array([...block(7), ...block(9)]));
  });

  it("cuts the sequence into chunks, of which only the last is short", () => {
    const chunks: Uint8Array[] = [];
    const packer = new BlockPacker((bytes) => chunks.push(bytes));
    for (let i = 0; i < BLOCKS_PER_CHUNK + 3; i++) expect(packer.add(numbered(i))).toBe(i + 1);
    expect(packer.chunksSoFar).toBe(2);
    packer.finish();
    expect(chunks.map((bytes) => bytes.byteLength)).toEqual([
      BLOCKS_PER_CHUNK * BLOCK_BYTES,
      3 * BLOCK_BYTES,
    ]);
  });

  it("knows a block again in a chunk that is long gone, and in an array that was used again", () => {
    const chunks: Uint8Array[] = [];
    const packer = new BlockPacker((bytes) => chunks.push(bytes));
    const buffer = new Uint8Array(BLOCK_BYTES);
    const entries = Array.from({ length: 3 * BLOCKS_PER_CHUNK }, (_, i) => {
      buffer.set(numbered(i));
      return packer.add(buffer);
    });
    buffer.fill(0xff);
    expect(packer.add(numbered(5))).toBe(6);
    packer.finish();
    const all = Buffer.concat(chunks);
    entries.forEach((entry, i) => {
      const stored = all.subarray((entry - 1) * BLOCK_BYTES, entry * BLOCK_BYTES);
      expect(stored.equals(numbered(i))).toBe(true);
    });
    expect(packer.duplicates).toBe(1);
  });

  it("takes a block with one bit set for what it is", () => {
    const chunks: Uint8Array[] = [];
    const packer = new BlockPacker((bytes) => chunks.push(bytes));
    const last = block(0);
    last[BLOCK_BYTES - 1] = 0x80;
    expect([packer.add(last), packer.add(block(0))]).toEqual([1, 0]);
  });

  it("has nothing to emit for zeros alone", () => {
    const chunks: Uint8Array[] = [];
    const packer = new BlockPacker((bytes) => chunks.push(bytes));
    packer.add(block(0));
    packer.finish();
    expect([packer.count, packer.chunksSoFar, chunks.length]).toEqual([0, 0, 0]);
  });

  it("emits no empty chunk", () => {
    const chunks: Uint8Array[] = [];
    const packer = new BlockPacker((bytes) => chunks.push(bytes));
    for (let i = 0; i < BLOCKS_PER_CHUNK; i++) packer.add(numbered(i));
    packer.finish();
    expect(chunks).toHaveLength(1);
  });
});
