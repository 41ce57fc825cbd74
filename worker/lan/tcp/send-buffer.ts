/** Chunks below this are copied together, so that a writer of single bytes costs no object for each. */
const SMALL = 1024;
const SLAB = 4096;

interface Chunk {
  /** Position of the first byte, counted from the first byte ever written. */
  readonly start: number;
  /** The bytes; of a slab only the first `length` count. */
  readonly bytes: Uint8Array;
  length: number;
  readonly slab: boolean;
}

/**
 * What was written and is not acknowledged yet. Large chunks are kept as they are, not copied: their bytes must not
 * change until they are released.
 */
export class SendBuffer {
  readonly #chunks: Chunk[] = [];
  /** The chunk that was read last: reading goes on from there. */
  #cursor = 0;
  #start = 0;
  #end = 0;

  /** Bytes held. */
  get length(): number {
    return this.#end - this.#start;
  }

  append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (bytes.length >= SMALL || this.#chunks.length === 0) {
      // The first small one alone, as most of them are, gets an array of its own size.
      const kept = bytes.length >= SMALL ? bytes : bytes.slice();
      this.#chunks.push({ start: this.#end, bytes: kept, length: kept.length, slab: false });
    } else {
      let tail = this.#chunks[this.#chunks.length - 1];
      if (tail === undefined || !tail.slab || tail.bytes.length - tail.length < bytes.length) {
        tail = { start: this.#end, bytes: new Uint8Array(SLAB), length: 0, slab: true };
        this.#chunks.push(tail);
      }
      tail.bytes.set(bytes, tail.length);
      tail.length += bytes.length;
    }
    this.#end += bytes.length;
  }

  /** Copies `length` bytes from `offset` (0 is the oldest byte held) to `target`. They must be there. */
  copyTo(target: Uint8Array, at: number, offset: number, length: number): void {
    let position = this.#start + offset;
    let written = at;
    let left = length;
    let index = this.#find(position);
    while (left > 0) {
      const chunk = this.#chunks[index];
      if (chunk === undefined) throw new RangeError(`the send buffer does not hold ${left} more bytes`);
      const from = position - chunk.start;
      const count = Math.min(left, chunk.length - from);
      target.set(chunk.bytes.subarray(from, from + count), written);
      position += count;
      written += count;
      left -= count;
      this.#cursor = index;
      index += 1;
    }
  }

  /** Lets the oldest `count` bytes go. */
  release(count: number): void {
    this.#start += count;
    for (;;) {
      const chunk = this.#chunks[0];
      if (chunk === undefined || chunk.start + chunk.length > this.#start) return;
      // A slab that is not full yet may still grow.
      if (chunk.slab && this.#chunks.length === 1 && chunk.length < SLAB) return;
      this.#chunks.shift();
      if (this.#cursor > 0) this.#cursor -= 1;
    }
  }

  clear(): void {
    this.#chunks.length = 0;
    this.#cursor = 0;
    this.#start = this.#end;
  }

  /** The index of the chunk with this position: nearly always the cursor's or the next one. */
  #find(position: number): number {
    let index = this.#cursor;
    while (index > 0 && (this.#chunks[index]?.start ?? Infinity) > position) index -= 1;
    for (;;) {
      const chunk = this.#chunks[index];
      if (chunk === undefined || position < chunk.start + chunk.length) return index;
      index += 1;
    }
  }
}
