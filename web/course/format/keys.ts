/** Keys as lessons name them. */

/** What a terminal sends for the keys that have a name. */
const KEY_BYTES: Readonly<Record<string, string>> = {
  Enter: "\r",
  Tab: "\t",
  Escape: "\u001b",
  Space: " ",
  Up: "\u001b[A",
  Down: "\u001b[B",
  Right: "\u001b[C",
  Left: "\u001b[D",
  Backspace: "\u007f",
};

/** What a terminal sends for a key: `Ctrl-C`, `Enter`, `q`; undefined for an unknown name. */
export function keyBytes(key: string): string | undefined {
  const control = /^Ctrl-([A-Za-z\\[\]^_])$/u.exec(key)?.[1];
  if (control !== undefined) return String.fromCharCode(control.toUpperCase().charCodeAt(0) & 0x1f);
  return Object.hasOwn(KEY_BYTES, key) ? KEY_BYTES[key] : Array.from(key).length === 1 ? key : undefined;
}
