const SMALLEST_SLAB = 2048;
const LARGEST_SLAB = 65536;

interface Slab {
  readonly bytes: Uint8Array<ArrayBuffer>;
  length: number;
}

/**
 * What arrived in order and was not read yet. Segments are copied together into slabs, so that a reader gets few large
 * chunks, and a million segments of one byte cost a megabyte and not a million objects. A slab that was handed out is
 * never written to again: its new owner may transfer it.
 */
export class ReceiveBuffer {
  readonly #slabs: Slab[] = [];
  #length = 0;
  /** Grows while readers fall behind (bulk), shrinks when each read finds little (talk). */
  #nextSize = SMALLEST_SLAB;

  /** Bytes held. */
  get length(): number {
    return this.#length;
  }

  append(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      let tail = this.#slabs[this.#slabs.length - 1];
      if (tail === undefined || tail.length === tail.bytes.length) {
        if (tail !== undefined) this.#nextSize = Math.min(LARGEST_SLAB, this.#nextSize * 2);
        tail = { bytes: new Uint8Array(this.#nextSize), length: 0 };
        this.#slabs.push(tail);
      }
      const count = Math.min(bytes.length - at, tail.bytes.length - tail.length);
      tail.bytes.set(count === bytes.length ? bytes : bytes.subarray(at, at + count), tail.length);
      tail.length += count;
      at += count;
    }
    this.#length += bytes.length;
  }

  /** The oldest chunk, which is the caller's from now on; undefined when there are none. */
  take(): Uint8Array<ArrayBuffer> | undefined {
    const slab = this.#slabs.shift();
    if (slab === undefined) return undefined;
    this.#length -= slab.length;
    if (slab.length * 4 < this.#nextSize) this.#nextSize = Math.max(SMALLEST_SLAB, this.#nextSize / 2);
    return slab.length === slab.bytes.length ? slab.bytes : slab.bytes.subarray(0, slab.length);
  }

  clear(): void {
    this.#slabs.length = 0;
    this.#length = 0;
  }
}
