/**
 * A pack: blocks of 4 KiB that saves refer to, in one immutable file. Groups of `GROUP_BLOCKS` blocks follow one
 * another, each a DEFLATE stream with its own digest, so that a block costs one small read. The index comes last, as a
 * sealed record, with its own length in the file's last four bytes: for each group its length, and for each block the
 * first 16 bytes of its SHA-256, by which a later save finds it again.
 */
import { BLOCK_BYTES } from "../../contract/manifest";
import { DrydockError } from "../../contract/errors";
import { concatBytes } from "../bytes";
import { deflate, inflate } from "./deflate";
import type { FileWriter, SaveFiles } from "./files";
import { isSameBytes, seal, sha256, unseal } from "./sealed";

const GROUP_BLOCKS = 64;
/** No pack has more blocks, so that one with little in use costs little. */
export const PACK_BLOCKS = 4096;
const KEY_BYTES = 16;
const DIGEST_BYTES = 32;
/** In the index: the group's length and number of blocks. */
const GROUP_HEAD_BYTES = 8;
const TAIL_BYTES = 4;

/** A block's content by name: the first 16 bytes of its SHA-256, as 16 characters. */
export type BlockKey = string;

export async function keyOf(block: Uint8Array<ArrayBuffer>): Promise<BlockKey> {
  return String.fromCharCode(...(await sha256(block)).subarray(0, KEY_BYTES));
}

interface Group {
  readonly offset: number;
  readonly bytes: number;
  readonly blocks: number;
  readonly digest: Uint8Array<ArrayBuffer>;
}

/** Writes one pack. */
export class PackWriter {
  readonly name: string;
  readonly #file: FileWriter;
  readonly #groups: { readonly bytes: number; readonly blocks: number; readonly digest: Uint8Array }[] = [];
  readonly #keys: BlockKey[] = [];
  #waiting: Uint8Array[] = [];
  #bytes = 0;

  constructor(name: string, file: FileWriter) {
    this.name = name;
    this.#file = file;
  }

  get blocks(): number {
    return this.#keys.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Takes a block over and answers with its number in the pack. @throws DrydockError `no-room` */
  async add(key: BlockKey, block: Uint8Array): Promise<number> {
    const number = this.#keys.push(key) - 1;
    this.#waiting.push(block);
    if (this.#waiting.length === GROUP_BLOCKS) await this.#flush();
    return number;
  }

  /** Resolves when all of it is safe. @throws DrydockError `no-room` */
  async finish(): Promise<void> {
    if (this.#waiting.length > 0) await this.#flush();
    const groups = this.#groups.map(({ bytes, blocks, digest }) => {
      const head = new Uint8Array(GROUP_HEAD_BYTES);
      new DataView(head.buffer).setUint32(0, bytes, true);
      new DataView(head.buffer).setUint32(4, blocks, true);
      return concatBytes([head, digest]);
    });
    const keys = Uint8Array.from(this.#keys.join(""), (char) => char.charCodeAt(0));
    const count = new Uint8Array(4);
    new DataView(count.buffer).setUint32(0, groups.length, true);
    const index = await seal("PACK", concatBytes([count, ...groups, keys]));
    const tail = new Uint8Array(TAIL_BYTES);
    new DataView(tail.buffer).setUint32(0, index.byteLength, true);
    await this.#write(concatBytes([index, tail]));
    await this.#file.finish();
  }

  abandon(): Promise<void> {
    return this.#file.abandon();
  }

  async #flush(): Promise<void> {
    const blocks = this.#waiting.length;
    const stored = await deflate(concatBytes(this.#waiting));
    this.#waiting = [];
    this.#groups.push({ bytes: stored.byteLength, blocks, digest: await sha256(stored) });
    await this.#write(stored);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await this.#file.write(bytes);
    this.#bytes += bytes.byteLength;
  }
}

/** Reads one pack, whose index it has verified. Each group is verified as it is read. */
export class PackReader {
  readonly name: string;
  readonly bytes: number;
  readonly keys: readonly BlockKey[];
  readonly #files: SaveFiles;
  readonly #groups: readonly Group[];

  private constructor(files: SaveFiles, name: string, bytes: number, index: Uint8Array<ArrayBuffer>) {
    this.#files = files;
    this.name = name;
    this.bytes = bytes;
    const { groups, keys } = decodeIndex(index, name);
    this.#groups = groups;
    this.keys = keys;
  }

  /** @throws DrydockError `bad-save` */
  static async open(files: SaveFiles, name: string, bytes: number): Promise<PackReader> {
    const tail = await files.read(name, Math.max(0, bytes - TAIL_BYTES), TAIL_BYTES);
    const indexBytes = new DataView(tail.buffer).getUint32(0, true);
    const at = bytes - TAIL_BYTES - indexBytes;
    if (at < 0) throw damaged(name, "has no index");
    const index = await unseal("PACK", await files.read(name, at, indexBytes));
    const reader = new PackReader(files, name, bytes, index);
    const last = reader.#groups.at(-1);
    if ((last === undefined ? 0 : last.offset + last.bytes) !== at) throw damaged(name, "has another length");
    return reader;
  }

  groupOf(block: number): number {
    return Math.floor(block / GROUP_BLOCKS);
  }

  /** The bytes of a block out of its group's. */
  cut(group: Uint8Array<ArrayBuffer>, block: number): Uint8Array<ArrayBuffer> {
    const at = (block % GROUP_BLOCKS) * BLOCK_BYTES;
    return group.slice(at, at + BLOCK_BYTES);
  }

  /** The blocks of a group, one after another. @throws DrydockError `bad-save` */
  async readGroup(number: number): Promise<Uint8Array<ArrayBuffer>> {
    const { stored, blocks } = await this.#stored(number);
    return inflate(stored, blocks * BLOCK_BYTES);
  }

  /** Looks whether every group is what was written. @throws DrydockError `bad-save` */
  async verify(): Promise<void> {
    for (const number of this.#groups.keys()) await this.#stored(number);
  }

  /** Looks besides whether the blocks are what they are named by, which a file from elsewhere may not say. */
  async verifyKeys(): Promise<void> {
    for (const [number, { blocks }] of this.#groups.entries()) {
      const group = await this.readGroup(number);
      for (let i = 0; i < blocks; i++) {
        const block = number * GROUP_BLOCKS + i;
        if ((await keyOf(this.cut(group, block))) !== this.keys[block])
          throw damaged(this.name, "names blocks by what they are not");
      }
    }
  }

  async #stored(number: number): Promise<{ stored: Uint8Array<ArrayBuffer>; blocks: number }> {
    const group = this.#groups[number];
    if (group === undefined) throw damaged(this.name, `has no group ${number}`);
    const stored = await this.#files.read(this.name, group.offset, group.bytes);
    if (!isSameBytes(await sha256(stored), group.digest)) throw damaged(this.name, "has been altered");
    return { stored, blocks: group.blocks };
  }
}

function decodeIndex(index: Uint8Array<ArrayBuffer>, name: string): { groups: Group[]; keys: BlockKey[] } {
  const view = new DataView(index.buffer, index.byteOffset, index.byteLength);
  const count = index.byteLength < 4 ? -1 : view.getUint32(0, true);
  const keysAt = 4 + count * (GROUP_HEAD_BYTES + DIGEST_BYTES);
  if (count < 0 || keysAt > index.byteLength) throw damaged(name, "has an index that ends too early");
  const groups: Group[] = [];
  let offset = 0;
  let blocks = 0;
  for (let at = 4; at < keysAt; at += GROUP_HEAD_BYTES + DIGEST_BYTES) {
    const group = {
      offset,
      bytes: view.getUint32(at, true),
      blocks: view.getUint32(at + 4, true),
      digest: index.slice(at + GROUP_HEAD_BYTES, at + GROUP_HEAD_BYTES + DIGEST_BYTES),
    };
    const isLast = at + GROUP_HEAD_BYTES + DIGEST_BYTES === keysAt;
    if (group.blocks === 0 || group.blocks > GROUP_BLOCKS || (!isLast && group.blocks < GROUP_BLOCKS))
      throw damaged(name, `has a group of ${group.blocks} blocks`);
    groups.push(group);
    offset += group.bytes;
    blocks += group.blocks;
  }
  if (blocks > PACK_BLOCKS || index.byteLength !== keysAt + blocks * KEY_BYTES)
    throw damaged(name, `has an index of ${index.byteLength} bytes for ${blocks} blocks`);
  const keys = Array.from({ length: blocks }, (_, block) => {
    const at = keysAt + block * KEY_BYTES;
    return String.fromCharCode(...index.subarray(at, at + KEY_BYTES));
  });
  return { groups, keys };
}

function damaged(subject: string, what: string): DrydockError {
  return new DrydockError("bad-save", `a file of what was kept ${what}`, { subject });
}
