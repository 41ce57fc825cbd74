/** Files that are whole by their digests and say what cannot be: nobody but an attacker, or a fault of ours, writes such. */
import { describe, expect, it } from "vitest";
import { BLOCK_BYTES } from "../../contract/manifest";
import { concatBytes } from "../bytes";
import { pattern } from "../lan/testing/random";
import { BlockBank } from "./bank";
import { BlockWriter } from "./block-writer";
import { deflate, inflate } from "./deflate";
import { encodeJson } from "./json";
import { MemoryFiles } from "./memory-files";
import { PackReader } from "./pack";
import { readRoot, writeRoot, EMPTY_ROOT } from "./root";
import { encodeSave, readHead, readSave, type SaveHead } from "./save-file";
import { seal, sealedBytes, sha256, unseal } from "./sealed";
import { StoredDisk } from "./stored-disk";

const damaged = { name: "DrydockError", code: "bad-save" };

async function put(
  files: MemoryFiles,
  name: string,
  bytes: Uint8Array,
): Promise<{ name: string; bytes: number }> {
  const file = await files.create(name);
  await file.write(bytes);
  await file.finish();
  return { name, bytes: bytes.byteLength };
}

const words = (...values: number[]): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(values.length * 4);
  values.forEach((value, index) => new DataView(bytes.buffer).setUint32(index * 4, value, true));
  return bytes;
};

describe("a sealed record", () => {
  it("gives back what was sealed, of its kind alone", async () => {
    const payload = pattern(3, 10_000);
    const record = await seal("BODY", payload);
    expect(await unseal("BODY", record)).toEqual(payload);
    expect(sealedBytes("BODY", record)).toBe(record.byteLength);
    await expect(unseal("HEAD", record)).rejects.toMatchObject(damaged);
    expect(sealedBytes("HEAD", record)).toBeUndefined();
  });

  it("is refused with any bit of it changed, cut, or longer", async () => {
    const record = await seal("ROOT", pattern(1, 300));
    for (let at = 0; at < record.byteLength; at++) {
      const bad = record.slice();
      bad[at] = (bad[at] ?? 0) ^ 0x10;
      await expect(unseal("ROOT", bad)).rejects.toMatchObject(damaged);
    }
    for (const bad of [
      record.slice(0, -1),
      concatBytes([record, Uint8Array.of(0)]),
      new Uint8Array(),
      record.slice(0, 15),
    ])
      await expect(unseal("ROOT", bad)).rejects.toMatchObject(damaged);
  });

  it("that would unfold to more than it says is stopped", async () => {
    const bomb = await deflate(new Uint8Array(50_000_000));
    await expect(inflate(bomb, 4096)).rejects.toMatchObject(damaged);
    const record = await seal("BODY", new Uint8Array(100));
    new DataView(record.buffer).setUint32(8, 0xffff_ffff, true);
    expect(sealedBytes("BODY", record)).toBeUndefined();
  });
});

/** A pack of these groups, whose index says what it is told to. */
async function packWith(
  groups: readonly Uint8Array[],
  index: (digests: Uint8Array[]) => readonly Uint8Array[],
): Promise<Uint8Array<ArrayBuffer>> {
  const digests = await Promise.all(groups.map((group) => sha256(group.slice())));
  const sealed = await seal("PACK", concatBytes(index(digests)));
  return concatBytes([...groups, sealed, words(sealed.byteLength)]);
}

describe("a pack", () => {
  const key = new Uint8Array(16);
  it("is refused when its index does not fit its groups", async () => {
    const group = await deflate(pattern(0, BLOCK_BYTES));
    const empty = new Uint8Array(32);
    const bad: Record<string, Uint8Array<ArrayBuffer>> = {
      "no blocks": await packWith([group], ([digest = empty]) => [words(1, group.byteLength, 0), digest]),
      "too many blocks": await packWith([group], ([digest = empty]) => [
        words(1, group.byteLength, 65),
        digest,
        ...Array<Uint8Array>(65).fill(key),
      ]),
      "fewer keys": await packWith([group], ([digest = empty]) => [
        words(1, group.byteLength, 2),
        digest,
        key,
      ]),
      "another length": await packWith([group], ([digest = empty]) => [
        words(1, group.byteLength + 1, 1),
        digest,
        key,
      ]),
      "more groups than there are": await packWith([group], ([digest = empty]) => [
        words(2, group.byteLength, 1),
        digest,
        key,
      ]),
      "four thousand million groups": await packWith([group], ([digest = empty]) => [
        words(0xffff_ffff, group.byteLength, 1),
        digest,
        key,
      ]),
      nothing: new Uint8Array(),
      "an index longer than the file": words(5000),
    };
    for (const [name, bytes] of Object.entries(bad)) {
      const files = new MemoryFiles();
      const file = await put(files, "pack", bytes);
      await expect(PackReader.open(files, file.name, file.bytes), name).rejects.toMatchObject(damaged);
    }
  });

  it("is refused when a group is not what its digest says, not so many blocks, or not named by its content", async () => {
    const group = await deflate(pattern(0, BLOCK_BYTES));
    const open = async (bytes: Uint8Array): Promise<PackReader> => {
      const files = new MemoryFiles();
      const file = await put(files, "pack", bytes);
      return PackReader.open(files, file.name, file.bytes);
    };
    const altered = await open(
      await packWith([group], () => [words(1, group.byteLength, 1), new Uint8Array(32), key]),
    );
    await expect(altered.verify()).rejects.toMatchObject(damaged);
    await expect(altered.readGroup(0)).rejects.toMatchObject(damaged);
    await expect(altered.readGroup(1)).rejects.toMatchObject(damaged);
    const short = await open(
      await packWith([group], ([digest = key]) => [words(1, group.byteLength, 2), digest, key, key]),
    );
    await short.verify();
    await expect(short.readGroup(0)).rejects.toMatchObject(damaged);
    const renamed = await open(
      await packWith([group], ([digest = key]) => [words(1, group.byteLength, 1), digest, key]),
    );
    await renamed.verify();
    expect(await renamed.readGroup(0)).toEqual(pattern(0, BLOCK_BYTES));
    await expect(renamed.verifyKeys()).rejects.toMatchObject(damaged);
  });
});

describe("a save", () => {
  const id = "6f0f9c51-7a52-4b3c-9b4e-0c2f7f5f6a10";
  const guest = { id: "g", file: { name: `guest-${id}-0`, bytes: 1 } };
  const head = {
    format: 1,
    session: { id, createdAt: 1 },
    savedAt: 2,
    guest,
    packs: [],
    text: "",
  } satisfies SaveHead;
  const bodyHead = { thinBytes: 0, ramPages: 0, diskBlocks: 0, terminals: [] };
  const body = (json: object, ...rest: number[]): Uint8Array<ArrayBuffer> => {
    const bytes = encodeJson(json);
    return concatBytes([words(bytes.byteLength), bytes, words(...rest)]);
  };

  async function read(headJson: object, bodyBytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
    const files = new MemoryFiles();
    const bytes = concatBytes([await seal("HEAD", encodeJson(headJson)), await seal("BODY", bodyBytes)]);
    return readSave(files, await put(files, "save", bytes), new BlockBank(files));
  }

  it("reads when it is right", async () => {
    expect(await read(head, body(bodyHead))).toMatchObject({ head });
    expect(
      await read(
        head,
        body({ ...bodyHead, ramPages: 1, diskBlocks: 1 }, 5, 0, 0, 0xffff_ffff, 0, 9, 0xffff_ffff, 0),
      ),
    ).toMatchObject({
      body: { ram: new Map([[5, { low: 0, high: 0, ref: -1 }]]), disk: new Map([[9, -1]]) },
    });
  });

  it("is not written without a pack that it needs", async () => {
    const bank = new BlockBank(new MemoryFiles());
    const ref = bank.refOf(bank.register({ name: `pack-${id}-0`, bytes: 1 }), 0);
    const machine = {
      thinState: new ArrayBuffer(),
      ram: new Map(),
      disk: new Map([[1, ref]]),
      terminals: [],
    };
    await expect(encodeSave(head, machine, bank)).rejects.toMatchObject({ code: "internal" });
  });

  it("is refused when it refers to what there is not, or is not as long as it says", async () => {
    const bad: Record<string, [object, Uint8Array<ArrayBuffer>]> = {
      "a page of no pack": [head, body({ ...bodyHead, ramPages: 1 }, 5, 1, 1, 0, 0)],
      "a block of no pack": [head, body({ ...bodyHead, diskBlocks: 1 }, 5, 3, 0)],
      "zeros with a fingerprint": [head, body({ ...bodyHead, ramPages: 1 }, 5, 1, 1, 0xffff_ffff, 0)],
      "fewer pages": [head, body({ ...bodyHead, ramPages: 2 }, 5, 0, 0, 0xffff_ffff, 0)],
      "more bytes": [head, body(bodyHead, 1)],
      "a negative length": [head, body({ ...bodyHead, thinBytes: -4 })],
      "a terminal that is none": [head, body({ ...bodyHead, terminals: [{ console: 3, screen: "" }] })],
      "no JSON": [head, concatBytes([words(2), Uint8Array.of(0x7b, 0xff)])],
      nothing: [head, new Uint8Array()],
      "a name of a file outside": [{ ...head, packs: [{ name: "../root-0", bytes: 1 }] }, body(bodyHead)],
      "no session": [{ ...head, session: { id: "x", createdAt: 1 } }, body(bodyHead)],
    };
    for (const [name, [json, bytes]] of Object.entries(bad))
      await expect(read(json, bytes), name).rejects.toMatchObject(damaged);
    await expect(read({ ...head, format: 2 }, body(bodyHead))).rejects.toMatchObject({
      code: "version-mismatch",
    });
    const files = new MemoryFiles();
    await expect(readHead(files, await put(files, "save", pattern(0, 500)))).rejects.toMatchObject(damaged);
    await expect(readHead(files, { name: "none", bytes: 50 })).rejects.toMatchObject(damaged);
  });
});

describe("the root", () => {
  it("is the newest whole one of two that are written in turn", async () => {
    const files = new MemoryFiles();
    expect(await readRoot(files)).toEqual(EMPTY_ROOT);
    for (let sequence = 1; sequence < 5; sequence++) {
      await writeRoot(files, { ...EMPTY_ROOT, sequence });
      expect(await readRoot(files)).toMatchObject({ sequence });
    }
    await put(files, "root-0", pattern(0, 100));
    expect(await readRoot(files)).toMatchObject({ sequence: 3 });
    await put(
      files,
      "root-1",
      await seal("ROOT", encodeJson({ format: 1, sequence: 7, sessions: [{ id: "x" }] })),
    );
    expect(await readRoot(files)).toBeUndefined();
  });
});

describe("the disk of a save", () => {
  it("has what was kept over what is shipped, in memory or not", async () => {
    const files = new MemoryFiles();
    const bank = new BlockBank(files);
    const shipped = (block: number): Uint8Array => pattern(block * 31, BLOCK_BYTES);
    const below = {
      byteLength: 16 * BLOCK_BYTES,
      peekBlocks: () => false,
      readBlocks: (first: number, into: Uint8Array) => {
        for (let i = 0; i * BLOCK_BYTES < into.byteLength; i++) into.set(shipped(first + i), i * BLOCK_BYTES);
        return Promise.resolve();
      },
    };
    const kept = new Map<number, number>();
    const writer = new BlockWriter({ files, bank, index: new Map(), newName: () => "pack-0" });
    for (const block of [3, 4, 9])
      await writer.add(pattern(90_000 + block, BLOCK_BYTES), (ref) => kept.set(block, ref));
    await writer.add(new Uint8Array(BLOCK_BYTES), (ref) => kept.set(5, ref));
    await writer.finish();
    const disk = new StoredDisk(below, kept, bank);
    const into = new Uint8Array(8 * BLOCK_BYTES);
    expect(disk.peekBlocks(3, into.subarray(0, BLOCK_BYTES))).toBe(false);
    await disk.readBlocks(2, into);
    const expected = [2, 3, 4, 5, 6, 7, 8, 9].map((block) =>
      block === 5
        ? new Uint8Array(BLOCK_BYTES)
        : kept.has(block)
          ? pattern(90_000 + block, BLOCK_BYTES)
          : shipped(block),
    );
    expect(Buffer.compare(into, Buffer.concat(expected))).toBe(0);
    expect(disk.peekBlocks(3, into.subarray(0, 3 * BLOCK_BYTES))).toBe(true);
    expect(Buffer.compare(into.subarray(0, 3 * BLOCK_BYTES), Buffer.concat(expected.slice(1, 4)))).toBe(0);
    expect(disk.peekBlocks(2, into)).toBe(false);
  });
});
