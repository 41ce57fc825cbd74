/** The disk of a save: what it kept, over the disk as the guest is shipped. Blocks are read when the guest reads them. */
import { BLOCK_BYTES } from "../../contract/manifest";
import { type BlockBank, type BlockRef, ZERO_REF } from "./bank";

/** What is below: a disk that answers at once or in its own time (worker/disk/disk.ts). */
export interface BlockSource {
  readonly byteLength: number;
  peekBlocks(first: number, into: Uint8Array): boolean;
  readBlocks(first: number, into: Uint8Array): Promise<void>;
}

export class StoredDisk implements BlockSource {
  readonly byteLength: number;
  readonly #below: BlockSource;
  readonly #blocks: ReadonlyMap<number, BlockRef>;
  readonly #bank: BlockBank;

  constructor(below: BlockSource, blocks: ReadonlyMap<number, BlockRef>, bank: BlockBank) {
    this.#below = below;
    this.#blocks = blocks;
    this.#bank = bank;
    this.byteLength = below.byteLength;
  }

  peekBlocks(first: number, into: Uint8Array): boolean {
    for (const { at, count, ref } of this.#runs(first, into.byteLength / BLOCK_BYTES)) {
      const target = into.subarray(at * BLOCK_BYTES, (at + count) * BLOCK_BYTES);
      if (ref === undefined) {
        if (!this.#below.peekBlocks(first + at, target)) return false;
      } else if (ref === ZERO_REF) target.fill(0);
      else {
        const bytes = this.#bank.peek(ref);
        if (bytes === undefined) return false;
        target.set(bytes);
      }
    }
    return true;
  }

  async readBlocks(first: number, into: Uint8Array): Promise<void> {
    const below: Promise<void>[] = [];
    for (const { at, count, ref } of this.#runs(first, into.byteLength / BLOCK_BYTES)) {
      const target = into.subarray(at * BLOCK_BYTES, (at + count) * BLOCK_BYTES);
      if (ref === undefined) below.push(this.#below.readBlocks(first + at, target));
      else if (ref === ZERO_REF) target.fill(0);
      // One after another: neighbours are mostly in the same group, which the first of them brings.
      else target.set(await this.#bank.read(ref));
    }
    await Promise.all(below);
  }

  /** Single blocks that were kept, and runs of those that were not. */
  *#runs(first: number, blocks: number): Generator<{ at: number; count: number; ref: BlockRef | undefined }> {
    for (let at = 0; at < blocks;) {
      const ref = this.#blocks.get(first + at);
      let count = 1;
      if (ref === undefined) while (at + count < blocks && !this.#blocks.has(first + at + count)) count++;
      yield { at, count, ref };
      at += count;
    }
  }
}
