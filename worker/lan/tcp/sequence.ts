/** Sequence numbers: unsigned 32-bit numbers that wrap (RFC 9293 §3.4). */

export function seqAdd(seq: number, count: number): number {
  return (seq + count) >>> 0;
}

/** How far `a` is after `b`: negative when it is before. Right as long as they are less than 2^31 apart. */
export function seqDiff(a: number, b: number): number {
  return (a - b) | 0;
}

export function seqMax(a: number, b: number): number {
  return seqDiff(a, b) > 0 ? a : b;
}
