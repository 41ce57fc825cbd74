/** Puts blocks into new packs, each content once. */
import { type BlockBank, type BlockRef, ZERO_REF } from "./bank";
import type { SaveFiles } from "./files";
import { keyOf, PACK_BLOCKS, PackWriter, type BlockKey } from "./pack";

export interface BlockWriterOptions {
  readonly files: SaveFiles;
  readonly bank: BlockBank;
  /** Where contents lie already. It learns the new ones. */
  readonly index: Map<BlockKey, BlockRef>;
  /** The name of the next pack. */
  readonly newName: () => string;
}

export class BlockWriter {
  readonly #options: BlockWriterOptions;
  /** The pack that is being written: references to its blocks hold once it has its length. */
  #open: PackWriter | undefined;
  /** Its contents and their numbers in it. */
  #openKeys = new Map<BlockKey, number>();
  /** What is told the number of that pack. */
  #pending: ((pack: number) => void)[] = [];

  constructor(options: BlockWriterOptions) {
    this.#options = options;
  }

  /**
   * Takes a block over; `place` hears where it is, at the latest when `finish` has resolved.
   * @throws DrydockError `no-room`
   */
  async add(block: Uint8Array<ArrayBuffer>, place: (ref: BlockRef) => void): Promise<void> {
    if (isZero(block)) {
      place(ZERO_REF);
      return;
    }
    const { bank, index } = this.#options;
    const key = await keyOf(block);
    const known = index.get(key);
    if (known !== undefined) {
      place(known);
      return;
    }
    const same = this.#openKeys.get(key);
    const number = same ?? (await (await this.#pack()).add(key, block));
    this.#openKeys.set(key, number);
    this.#pending.push((pack) => place(bank.refOf(pack, number)));
    if (this.#open?.blocks === PACK_BLOCKS) await this.#close();
  }

  /** Resolves when all blocks are safe on disk, and every `place` was called. @throws DrydockError `no-room` */
  async finish(): Promise<void> {
    await this.#close();
  }

  /** Gives up what is not finished. Never rejects. */
  async abandon(): Promise<void> {
    await this.#open?.abandon();
    this.#open = undefined;
  }

  async #pack(): Promise<PackWriter> {
    if (this.#open === undefined) {
      const name = this.#options.newName();
      this.#open = new PackWriter(name, await this.#options.files.create(name));
    }
    return this.#open;
  }

  async #close(): Promise<void> {
    const pack = this.#open;
    if (pack === undefined) return;
    await pack.finish();
    this.#open = undefined;
    const { bank, index } = this.#options;
    const number = bank.register({ name: pack.name, bytes: pack.bytes });
    for (const place of this.#pending) place(number);
    for (const [key, block] of this.#openKeys) index.set(key, bank.refOf(number, block));
    this.#pending = [];
    this.#openKeys = new Map();
  }
}

function isZero(block: Uint8Array<ArrayBuffer>): boolean {
  const words = new Int32Array(block.buffer, block.byteOffset, block.byteLength / 4);
  return words.every((word) => word === 0);
}
