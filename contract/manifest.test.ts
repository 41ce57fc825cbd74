import { describe, expect, it } from "vitest";
import { nameChunk } from "../worker/disk/testing/chunk-box";
import { sampleManifest } from "../worker/disk/testing/sample-manifest";
import { BLOCK_BYTES, type Manifest, MANIFEST_FORMAT, manifestSchema, MAX_CHUNK_BYTES } from "./manifest";

const chunk = nameChunk(Uint8Array.of(1, 2, 3));
const good: Manifest = sampleManifest({
  state: { bytes: 3, chunks: [chunk] },
  blocks: {
    blockBytes: BLOCK_BYTES,
    blocksPerChunk: 128,
    count: 1,
    chunks: [chunk],
    ramChunks: 1,
    hotChunks: 1,
  },
});

/** The manifest with the value at a path ("blocks.chunks.0.bytes") replaced, or removed if it is undefined. */
function altered(path: string, value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(good)) as unknown;
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let at = copy as Record<string, unknown>;
  for (const key of keys) at = at[key] as Record<string, unknown>;
  if (value === undefined) Reflect.deleteProperty(at, last);
  else at[last] = value;
  return copy;
}

describe("the manifest's schema", () => {
  it("takes a manifest, and what JSON makes of it, unchanged", () => {
    expect(manifestSchema.parse(good)).toEqual(good);
    expect(manifestSchema.parse(JSON.parse(JSON.stringify(good)))).toEqual(good);
  });

  it.each([
    "format",
    "id",
    "emulator",
    "emulator.version",
    "emulator.memoryBytes",
    "emulator.vgaMemoryBytes",
    "emulator.commandLine",
    "blocks",
    "blocks.blockBytes",
    "blocks.blocksPerChunk",
    "blocks.count",
    "blocks.chunks",
    "blocks.chunks.0.sha256",
    "blocks.chunks.0.bytes",
    "blocks.ramChunks",
    "blocks.hotChunks",
    "ram",
    "ram.bytes",
    "ram.map",
    "ram.map.bytes",
    "ram.map.chunks",
    "disk",
    "disk.bytes",
    "disk.map",
    "state",
    "state.bytes",
    "state.chunks.0.bytes",
    "bios",
    "vgaBios",
    "screens",
    "provenance",
    "provenance.kernel",
    "provenance.packages",
  ])("needs %s, and of the right type", (path) => {
    for (const value of [undefined, null, "x", true, [null], {}]) {
      const isText = value === "x" && /commandLine|version|kernel$/.test(path);
      const isRecord = path === "provenance.packages" && JSON.stringify(value) === "{}";
      if (isText || isRecord) continue;
      expect(manifestSchema.safeParse(altered(path, value)).success, JSON.stringify(value)).toBe(false);
    }
  });

  it.each([
    ["another format", "format", MANIFEST_FORMAT + 1],
    ["an id that is not a digest", "id", "abc"],
    ["a digest in capitals", "id", "A".repeat(64)],
    ["a digest with a line after it", "id", `${"a".repeat(64)}\n`],
    ["a path for a digest", "blocks.chunks.0.sha256", `../${"a".repeat(61)}`],
    ["a digest that is too long", "blocks.chunks.0.sha256", "a".repeat(65)],
    ["an empty chunk", "blocks.chunks.0.bytes", 0],
    ["a chunk of a negative size", "state.chunks.0.bytes", -1],
    ["a chunk over 1 MiB", "state.chunks.0.bytes", MAX_CHUNK_BYTES + 1],
    ["half a byte", "state.bytes", 0.5],
    ["a size that JSON cannot hold", "state.bytes", 1e300],
    ["blocks of another size", "blocks.blockBytes", 512],
    ["chunks without blocks", "blocks.blocksPerChunk", 0],
    ["chunks of too many blocks", "blocks.blocksPerChunk", 257],
    ["a negative count", "blocks.count", -1],
    ["a negative number of RAM's chunks", "blocks.ramChunks", -1],
    ["a disk without bytes", "disk.bytes", 0],
    ["memory that is not whole", "emulator.memoryBytes", 1.5],
    ["two screens", "screens", ["", ""]],
    ["four screens", "screens", ["", "", "", ""]],
    ["a package without a version", "provenance.packages", { docker: 26 }],
    ["a loss that is not said in words", "provenance.losses", { nginx: [1] }],
  ])("refuses %s", (_, path, value) => {
    expect(manifestSchema.safeParse(altered(path, value)).success).toBe(false);
  });

  it.each([undefined, null, 7, "", "{}", [], {}])("refuses %j", (value) => {
    expect(manifestSchema.safeParse(value).success).toBe(false);
  });
});
