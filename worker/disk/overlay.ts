/**
 * The blocks that the guest has written. A restart throws them away; the base below is never touched.
 *
 * Blocks are kept in slots of 4 KiB, handed out in the order of writing, in a file-like `SlotStore`: memory, or a
 * private file of the browser's (OPFS) so that a learner who pulls a large image does not fill the tab's memory.
 */
import { BLOCK_BYTES } from "../../contract/manifest";

/** Byte storage that grows at its end. Synchronous, as OPFS access handles are. Throws when it is full. */
export interface SlotStore {
  read(offset: number, into: Uint8Array): void;
  write(offset: number, bytes: Uint8Array): void;
  clear(): void;
}

const SLAB_BYTES = 1024 * 1024;

/** A `SlotStore` in memory, in slabs of 1 MiB. */
export class MemorySlotStore implements SlotStore {
  readonly #slabs: Uint8Array[] = [];

  read(offset: number, into: Uint8Array): void {
    this.#walk(offset, into.byteLength, (slab, at, from, count) =>
      into.set(slab.subarray(at, at + count), from),
    );
  }

  write(offset: number, bytes: Uint8Array): void {
    this.#walk(offset, bytes.byteLength, (slab, at, from, count) =>
      slab.set(bytes.subarray(from, from + count), at),
    );
  }

  clear(): void {
    this.#slabs.length = 0;
  }

  #walk(
    offset: number,
    length: number,
    visit: (slab: Uint8Array, at: number, from: number, count: number) => void,
  ): void {
    for (let done = 0; done < length;) {
      const index = Math.floor((offset + done) / SLAB_BYTES);
      const at = (offset + done) % SLAB_BYTES;
      const count = Math.min(SLAB_BYTES - at, length - done);
      const slab = (this.#slabs[index] ??= new Uint8Array(SLAB_BYTES));
      visit(slab, at, done, count);
      done += count;
    }
  }
}

export class Overlay {
  readonly #store: SlotStore;
  /** Block of the disk -> 1 + slot; 0 where the base still holds. */
  readonly #slots: Uint32Array;
  #count = 0;

  /** @param blocks number of blocks of the disk */
  constructor(store: SlotStore, blocks: number) {
    this.#store = store;
    this.#slots = new Uint32Array(blocks);
  }

  /** Number of blocks that differ from the base. */
  get writtenBlocks(): number {
    return this.#count;
  }

  has(block: number): boolean {
    return this.#slots[block] !== 0;
  }

  /** Reads a written block into `into` (4 KiB). */
  read(block: number, into: Uint8Array): void {
    const slot = this.#slots[block] ?? 0;
    if (slot === 0) throw new RangeError(`block ${block} was never written`);
    this.#store.read((slot - 1) * BLOCK_BYTES, into);
  }

  /**
   * Writes whole blocks from `first` on. Blocks in consecutive slots go out in one write, as new ones always are.
   * If the store throws (full), no slot is handed out for what it did not take.
   */
  write(first: number, bytes: Uint8Array): void {
    const total = bytes.byteLength / BLOCK_BYTES;
    for (let i = 0; i < total;) {
      const slot = this.#slotFor(first + i, this.#count);
      let run = 1;
      while (
        i + run < total &&
        this.#slotFor(first + i + run, Math.max(this.#count, slot + run)) === slot + run
      )
        run++;
      this.#store.write(slot * BLOCK_BYTES, bytes.subarray(i * BLOCK_BYTES, (i + run) * BLOCK_BYTES));
      for (let j = 0; j < run; j++) {
        if (this.#slots[first + i + j] === 0) this.#count++;
        this.#slots[first + i + j] = slot + j + 1;
      }
      i += run;
    }
  }

  /** Calls `visit` for every written block, by address. */
  forEach(visit: (block: number, bytes: Uint8Array) => void): void {
    const bytes = new Uint8Array(BLOCK_BYTES);
    for (let block = 0; block < this.#slots.length; block++) {
      if (this.#slots[block] === 0) continue;
      this.read(block, bytes);
      visit(block, bytes);
    }
  }

  /** Back to the base. */
  clear(): void {
    this.#slots.fill(0);
    this.#count = 0;
    this.#store.clear();
  }

  #slotFor(block: number, next: number): number {
    const slot = this.#slots[block] ?? 0;
    return slot === 0 ? next : slot - 1;
  }
}
