import { describe, expect, it } from "vitest";
import { BLOCK_BYTES } from "../manifest";
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

  it("emits no empty chunk", () => {
    const chunks: Uint8Array[] = [];
    const packer = new BlockPacker((bytes) => chunks.push(bytes));
    for (let i = 0; i < BLOCKS_PER_CHUNK; i++) packer.add(numbered(i));
    packer.finish();
    expect(chunks).toHaveLength(1);
  });
});
