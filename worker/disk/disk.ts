/**
 * The machine's disk: a read-only base below an overlay of what the guest wrote. Addresses and lengths are in bytes
 * and multiples of 512 (an IDE sector).
 */
import { BLOCK_BYTES } from "../../contract/manifest";
import { DrydockError } from "../../contract/errors";
import type { BlockStore } from "./block-store";
import type { Overlay } from "./overlay";

/** What is below the overlay. `peekBlocks` answers at once or not at all, `readBlocks` in its own time. */
export interface BaseDisk {
  readonly byteLength: number;
  /** Fills `into` with the blocks from `first` on and returns true, or returns false: something is not in memory. */
  peekBlocks(first: number, into: Uint8Array): boolean;
  readBlocks(first: number, into: Uint8Array): Promise<void>;
}

/** A base out of the block store. */
export class ChunkedBase implements BaseDisk {
  readonly byteLength: number;
  readonly #map: Uint32Array;
  readonly #store: BlockStore;

  constructor(map: Uint32Array, store: BlockStore) {
    this.#map = map;
    this.#store = store;
    this.byteLength = map.length * BLOCK_BYTES;
  }

  peekBlocks(first: number, into: Uint8Array): boolean {
    for (let i = 0; i * BLOCK_BYTES < into.byteLength; i++) {
      const entry = this.#map[first + i] ?? 0;
      const target = into.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES);
      if (entry === 0) {
        target.fill(0);
        continue;
      }
      const chunk = this.#store.peek(this.#store.chunkOf(entry - 1));
      if (chunk === undefined) return false;
      copyBlock(chunk, this.#store.offsetInChunk(entry - 1), target);
    }
    return true;
  }

  async readBlocks(first: number, into: Uint8Array): Promise<void> {
    const byChunk = new Map<number, number[]>();
    for (let i = 0; i * BLOCK_BYTES < into.byteLength; i++) {
      const entry = this.#map[first + i] ?? 0;
      if (entry === 0) {
        into.fill(0, i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES);
        continue;
      }
      const chunk = this.#store.chunkOf(entry - 1);
      const blocks = byChunk.get(chunk);
      if (blocks === undefined) byChunk.set(chunk, [i]);
      else blocks.push(i);
    }
    await Promise.all(
      [...byChunk].map(async ([chunk, blocks]) => {
        const bytes = await this.#store.load(chunk);
        for (const i of blocks) {
          const entry = this.#map[first + i] ?? 0;
          const target = into.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES);
          copyBlock(bytes, this.#store.offsetInChunk(entry - 1), target);
        }
      }),
    );
  }
}

function copyBlock(chunk: Uint8Array, offset: number, target: Uint8Array): void {
  target.set(chunk.subarray(offset, offset + BLOCK_BYTES));
}

/** Tells which base blocks the guest reads, in order: how the image pipeline learns what everyday commands need. */
export type ReadObserver = (firstBlock: number, blocks: number) => void;

export class Disk {
  readonly byteLength: number;
  /** What is below what the guest has written. */
  readonly base: BaseDisk;
  readonly #overlay: Overlay;
  onBaseRead: ReadObserver | undefined;

  constructor(base: BaseDisk, overlay: Overlay) {
    this.base = base;
    this.#overlay = overlay;
    this.byteLength = base.byteLength;
  }

  get overlay(): Overlay {
    return this.#overlay;
  }

  /** The bytes, if they are all in memory. */
  peek(offset: number, length: number): Uint8Array<ArrayBuffer> | undefined {
    const span = this.#span(offset, length);
    const bytes = new Uint8Array(span.blocks * BLOCK_BYTES);
    for (const run of this.#runs(span.first, span.blocks)) {
      const target = bytes.subarray(run.at * BLOCK_BYTES, (run.at + run.count) * BLOCK_BYTES);
      if (run.written) this.#readOverlay(span.first + run.at, target);
      else {
        if (!this.base.peekBlocks(span.first + run.at, target)) return undefined;
        this.onBaseRead?.(span.first + run.at, run.count);
      }
    }
    return span.cut(bytes);
  }

  /** The bytes. Rejects with what the base throws; nothing is ever made up. */
  async read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const span = this.#span(offset, length);
    const bytes = new Uint8Array(span.blocks * BLOCK_BYTES);
    const pending: Promise<void>[] = [];
    for (const run of this.#runs(span.first, span.blocks)) {
      const target = bytes.subarray(run.at * BLOCK_BYTES, (run.at + run.count) * BLOCK_BYTES);
      if (run.written) this.#readOverlay(span.first + run.at, target);
      else {
        pending.push(this.base.readBlocks(span.first + run.at, target));
        this.onBaseRead?.(span.first + run.at, run.count);
      }
    }
    await Promise.all(pending);
    return span.cut(bytes);
  }

  /** Writes; the parts of blocks that a write does not cover are read first. Resolves when the overlay has it. */
  async write(offset: number, bytes: Uint8Array): Promise<void> {
    const span = this.#span(offset, bytes.byteLength);
    if (span.blocks * BLOCK_BYTES === bytes.byteLength) {
      this.#overlay.write(span.first, bytes);
      return;
    }
    const whole = await this.read(span.first * BLOCK_BYTES, span.blocks * BLOCK_BYTES);
    // While the base was read, another write may have put other sectors of these blocks into the overlay.
    for (const run of this.#runs(span.first, span.blocks)) {
      const target = whole.subarray(run.at * BLOCK_BYTES, (run.at + run.count) * BLOCK_BYTES);
      if (run.written) this.#readOverlay(span.first + run.at, target);
    }
    whole.set(bytes, offset - span.first * BLOCK_BYTES);
    this.#overlay.write(span.first, whole);
  }

  #readOverlay(first: number, target: Uint8Array): void {
    for (let i = 0; i * BLOCK_BYTES < target.byteLength; i++) {
      this.#overlay.read(first + i, target.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES));
    }
  }

  /** Runs of neighbouring blocks that all lie in the overlay, or all in the base. */
  *#runs(first: number, blocks: number): Generator<{ at: number; count: number; written: boolean }> {
    for (let at = 0; at < blocks;) {
      const written = this.#overlay.has(first + at);
      let count = 1;
      while (at + count < blocks && this.#overlay.has(first + at + count) === written) count++;
      yield { at, count, written };
      at += count;
    }
  }

  #span(offset: number, length: number): { first: number; blocks: number; cut: typeof identity } {
    if (
      offset < 0 ||
      length < 0 ||
      offset % 512 !== 0 ||
      length % 512 !== 0 ||
      offset + length > this.byteLength
    ) {
      throw new DrydockError(
        "bad-request",
        `disk access of ${length} bytes at ${offset} of ${this.byteLength}`,
      );
    }
    const first = Math.floor(offset / BLOCK_BYTES);
    const blocks = Math.ceil((offset + length) / BLOCK_BYTES) - first;
    const skip = offset - first * BLOCK_BYTES;
    const aligned = skip === 0 && length === blocks * BLOCK_BYTES;
    return { first, blocks, cut: aligned ? identity : (bytes) => bytes.slice(skip, skip + length) };
  }
}

function identity(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes;
}
