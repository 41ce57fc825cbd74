/** A small generator of numbers from 0 up to 1 that a seed repeats (mulberry32's recurrence). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** Random bytes, other ones each time: what neither a store nor a compressor has seen. */
export function noise(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

/** The byte at a position of a stream that never repeats itself for long: what tests send and expect. */
function patternByte(position: number): number {
  return (Math.imul(position, 0x9e3779b1) >>> 13) & 255;
}

export function pattern(start: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) bytes[index] = patternByte(start + index);
  return bytes;
}

/** Where `bytes` first differs from the pattern at `start`, or -1. */
export function findDifference(start: number, bytes: Uint8Array): number {
  for (let index = 0; index < bytes.length; index += 1) {
    if (bytes[index] !== patternByte(start + index)) return start + index;
  }
  return -1;
}

/** Bytes from text in hexadecimal; spaces and line breaks do not count. */
export function hex(text: string): Uint8Array<ArrayBuffer> {
  const digits = text.replace(/\s+/g, "");
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
