/** Where two byte sequences first differ, or -1. Much quicker than `toEqual` for large ones, and says where. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.byteLength, b.byteLength);
  for (let at = 0; at < shorter; at++) {
    if (a[at] !== b[at]) return at;
  }
  return a.byteLength === b.byteLength ? -1 : shorter;
}
