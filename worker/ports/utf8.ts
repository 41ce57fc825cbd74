/** Text beyond ASCII in header fields: UTF-8, of which a field has one character a byte. */

/** One character a byte. */
export function encodeField(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

/** The text again; what is not UTF-8 stays as it is. */
export function decodeField(field: string): string {
  const bytes = Uint8Array.from(field, (char) => char.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // Not UTF-8: a character a byte it is.
    return field;
  }
}
