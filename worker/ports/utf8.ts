/** Text beyond ASCII in header fields: UTF-8, of which a field has one character a byte. */
import { latin1Bytes, latin1Text } from "../http/latin1";

/** One character a byte. */
export function encodeField(text: string): string {
  return latin1Text(new TextEncoder().encode(text));
}

/** The text again; what is not UTF-8 stays as it is. */
export function decodeField(field: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(latin1Bytes(field));
  } catch {
    // Not UTF-8: a character a byte it is.
    return field;
  }
}
