/**
 * Clipboard text as a terminal sends it: lines end with CR as the Enter key does, and a guest that has asked for
 * bracketed paste (DECSET 2004) gets the text between its brackets, so that its shell does not run it line by line.
 */
const OPEN = "\u001b[200~";
const CLOSE = "\u001b[201~";

export interface PreparedPaste {
  readonly bytes: Uint8Array;
  /** What ends the paste when it is cut short. Empty without brackets. */
  readonly closing: Uint8Array;
}

export function preparePaste(text: string, bracketed: boolean): PreparedPaste {
  const encoder = new TextEncoder();
  const lines = text.replace(/\r?\n/gu, "\r");
  if (!bracketed) return { bytes: encoder.encode(lines), closing: new Uint8Array() };
  // A text with an ESC of its own could close the bracket and have the rest run as commands: show ESC as a symbol.
  const harmless = lines.replaceAll("\u001b", "\u241b").replaceAll("\u009b", "\u241b");
  return { bytes: encoder.encode(OPEN + harmless + CLOSE), closing: encoder.encode(CLOSE) };
}
