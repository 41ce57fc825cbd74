/** Blocks by reference, out of all packs that are known. */
import { DrydockError } from "../../contract/errors";
import type { SaveFiles } from "./files";
import { PACK_BLOCKS, PackReader, type BlockKey } from "./pack";

/** A pack's number in this bank and the block's number in the pack, as one number. */
export type BlockRef = number;
/** A block of zeros, which no pack has. */
export const ZERO_REF: BlockRef = -1;

/** A file of the store and its length. */
export interface StoredFile {
  readonly name: string;
  readonly bytes: number;
}

/** Groups of 256 KiB that are kept decompressed, for single blocks of the disk. */
const CACHED_GROUPS = 48;
/** Groups that are read at the same time. */
const PARALLEL_GROUPS = 8;

export class BlockBank {
  readonly #files: SaveFiles;
  readonly #packs: StoredFile[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #readers = new Map<number, Promise<PackReader>>();
  readonly #opened = new Map<number, PackReader>();
  /** Least recently used first. */
  readonly #groups = new Map<number, Uint8Array<ArrayBuffer>>();

  constructor(files: SaveFiles) {
    this.#files = files;
  }

  /** The number of a pack, by which its blocks are referred to. */
  register(pack: StoredFile): number {
    const known = this.#numbers.get(pack.name);
    if (known !== undefined) return known;
    const number = this.#packs.push(pack) - 1;
    this.#numbers.set(pack.name, number);
    return number;
  }

  refOf(pack: number, block: number): BlockRef {
    return pack * PACK_BLOCKS + block;
  }

  /** The pack of a block, and its number there. */
  placeOf(ref: BlockRef): { readonly pack: StoredFile; readonly block: number } {
    const pack = this.#packs[Math.floor(ref / PACK_BLOCKS)];
    if (pack === undefined) throw new DrydockError("internal", `there is no block ${ref}`);
    return { pack, block: ref % PACK_BLOCKS };
  }

  /** @throws DrydockError `bad-save` */
  open(pack: StoredFile): Promise<PackReader> {
    const number = this.register(pack);
    let reader = this.#readers.get(number);
    if (reader === undefined) {
      reader = PackReader.open(this.#files, pack.name, pack.bytes);
      this.#readers.set(number, reader);
      reader.then(
        (opened) => this.#opened.set(number, opened),
        // It may be whole when it is asked for again: a file that could not be read for a moment.
        () => this.#readers.delete(number),
      );
    }
    return reader;
  }

  /** Where each content lies that these packs have. @throws DrydockError `bad-save` */
  async index(packs: readonly StoredFile[]): Promise<Map<BlockKey, BlockRef>> {
    const index = new Map<BlockKey, BlockRef>();
    for (const pack of packs) {
      const { keys } = await this.open(pack);
      const number = this.register(pack);
      keys.forEach((key, block) => index.set(key, this.refOf(number, block)));
    }
    return index;
  }

  /** A block, if its group is in memory. */
  peek(ref: BlockRef): Uint8Array<ArrayBuffer> | undefined {
    const number = Math.floor(ref / PACK_BLOCKS);
    const reader = this.#opened.get(number);
    if (reader === undefined) return undefined;
    const block = ref % PACK_BLOCKS;
    const key = this.refOf(number, reader.groupOf(block));
    const group = this.#groups.get(key);
    if (group === undefined) return undefined;
    this.#groups.delete(key);
    this.#groups.set(key, group);
    return reader.cut(group, block);
  }

  /** A block; its neighbours are kept for the next. @throws DrydockError `bad-save` */
  async read(ref: BlockRef): Promise<Uint8Array<ArrayBuffer>> {
    const present = this.peek(ref);
    if (present !== undefined) return present;
    const { pack, block } = this.placeOf(ref);
    const reader = await this.open(pack);
    const group = await reader.readGroup(reader.groupOf(block));
    this.#groups.set(this.refOf(this.register(pack), reader.groupOf(block)), group);
    for (const oldest of this.#groups.keys()) {
      if (this.#groups.size <= CACHED_GROUPS) break;
      this.#groups.delete(oldest);
    }
    return reader.cut(group, block);
  }

  /** Many blocks, each group read once. @throws DrydockError `bad-save` */
  async readAll(refs: Iterable<BlockRef>): Promise<Map<BlockRef, Uint8Array<ArrayBuffer>>> {
    const byGroup = new Map<string, { reader: PackReader; group: number; refs: BlockRef[] }>();
    for (const ref of new Set(refs)) {
      const { pack, block } = this.placeOf(ref);
      const reader = await this.open(pack);
      const group = reader.groupOf(block);
      const key = `${pack.name} ${group}`;
      const entry = byGroup.get(key) ?? { reader, group, refs: [] };
      byGroup.set(key, entry);
      entry.refs.push(ref);
    }
    const blocks = new Map<BlockRef, Uint8Array<ArrayBuffer>>();
    const waiting = [...byGroup.values()];
    const work = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const bytes = await next.reader.readGroup(next.group);
        for (const ref of next.refs) blocks.set(ref, next.reader.cut(bytes, this.placeOf(ref).block));
      }
    };
    await Promise.all(Array.from({ length: PARALLEL_GROUPS }, work));
    return blocks;
  }
}
