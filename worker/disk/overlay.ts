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

/** What was written up to a moment. It stays as it is, whatever is written afterwards, until it is released. */
export interface FrozenBlocks {
  has(block: number): boolean;
  /** Reads a block that was written into `into` (4 KiB). */
  read(block: number, into: Uint8Array): void;
  /** The blocks that are not as in an earlier one, which was not released in between; without one, all. */
  changedSince(earlier: FrozenBlocks | undefined): number[];
  /** Its room may be used for other blocks. */
  release(): void;
}

/** Block of the disk -> 1 + slot; 0 where the base still holds. */
type SlotMap = Uint32Array<ArrayBuffer>;

export class Overlay {
  readonly #store: SlotStore;
  readonly #slots: SlotMap;
  #count = 0;
  /** Slots that were ever handed out, and those of them that nobody uses any more. */
  #end = 0;
  #free: number[] = [];
  /** How many frozen views use a slot. One that is in use is not written: its block moves to another. */
  readonly #frozen = new Map<number, number>();
  readonly #views = new Map<FrozenBlocks, SlotMap>();

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
    this.#readFrom(this.#slots, block, into);
  }

  /**
   * Writes whole blocks from `first` on. Blocks in consecutive slots go out in one write, as new ones always are.
   * If the store throws (full), no slot is handed out for what it did not take.
   */
  write(first: number, bytes: Uint8Array): void {
    const total = bytes.byteLength / BLOCK_BYTES;
    for (let i = 0; i < total;) {
      let fresh = 0;
      const slotFor = (block: number): number => this.#ownSlot(block) ?? this.#freshSlot(fresh++);
      const slot = slotFor(first + i);
      let run = 1;
      let used = fresh;
      while (i + run < total && slotFor(first + i + run) === slot + run) {
        run++;
        used = fresh;
      }
      this.#store.write(slot * BLOCK_BYTES, bytes.subarray(i * BLOCK_BYTES, (i + run) * BLOCK_BYTES));
      this.#take(used);
      for (let j = 0; j < run; j++) {
        if (this.#slots[first + i + j] === 0) this.#count++;
        this.#slots[first + i + j] = slot + j + 1;
      }
      i += run;
    }
  }

  /** What is written now, for as long as it is needed. */
  freeze(): FrozenBlocks {
    const slots = this.#slots.slice();
    for (const slot of slots) if (slot !== 0) this.#frozen.set(slot, (this.#frozen.get(slot) ?? 0) + 1);
    const view: FrozenBlocks = {
      has: (block) => slots[block] !== 0,
      read: (block, into) => this.#readFrom(slots, block, into),
      changedSince: (earlier) => {
        const then = earlier === undefined ? undefined : this.#views.get(earlier);
        const changed: number[] = [];
        slots.forEach((slot, block) => {
          if (slot !== (then?.[block] ?? 0)) changed.push(block);
        });
        return changed;
      },
      release: () => this.#release(view, slots),
    };
    this.#views.set(view, slots);
    return view;
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

  /** Back to the base. What is frozen is void. */
  clear(): void {
    this.#slots.fill(0);
    this.#count = 0;
    this.#end = 0;
    this.#free = [];
    this.#frozen.clear();
    this.#views.clear();
    this.#store.clear();
  }

  #readFrom(slots: SlotMap, block: number, into: Uint8Array): void {
    const slot = slots[block] ?? 0;
    if (slot === 0) throw new RangeError(`block ${block} was never written`);
    this.#store.read((slot - 1) * BLOCK_BYTES, into);
  }

  /** The slot of a block that may be written where it is. */
  #ownSlot(block: number): number | undefined {
    const slot = this.#slots[block] ?? 0;
    return slot === 0 || this.#frozen.has(slot) ? undefined : slot - 1;
  }

  /** The slot that is handed out after so many others. */
  #freshSlot(after: number): number {
    return this.#free[this.#free.length - 1 - after] ?? this.#end + after - this.#free.length;
  }

  #take(count: number): void {
    const reused = Math.min(count, this.#free.length);
    this.#free.length -= reused;
    this.#end += count - reused;
  }

  #release(view: FrozenBlocks, slots: SlotMap): void {
    if (!this.#views.delete(view)) return;
    slots.forEach((slot, block) => {
      if (slot === 0) return;
      const others = (this.#frozen.get(slot) ?? 1) - 1;
      if (others > 0) {
        this.#frozen.set(slot, others);
        return;
      }
      this.#frozen.delete(slot);
      if (this.#slots[block] !== slot) this.#free.push(slot - 1);
    });
    // Handed out from the end: neighbours go to neighbours.
    this.#free.sort((a, b) => b - a);
  }
}
