/**
 * The keys that the page keeps for itself while a terminal has the focus. They are few, because every other key belongs
 * to the guest, and none of them is reserved by Chrome, Edge, Firefox or Safari so that a page cannot use it.
 */
import type { ConsoleId } from "../../contract/protocol";

/** The part of a `KeyboardEvent` that matters here. */
export interface KeyPress {
  readonly key: string;
  /** The key's place on the keyboard, which Shift and the layout do not change. */
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

export type PaneAction =
  | { readonly kind: "search" }
  /** Shows a terminal, and opens it first when it is not open. */
  | { readonly kind: "show"; readonly console: ConsoleId }
  /** From the terminal to its tab: Tab itself belongs to the guest, and a page must not trap the keyboard. */
  | { readonly kind: "leave" };

const DIGITS: Readonly<Record<string, ConsoleId>> = { Digit1: 0, Digit2: 1, Digit3: 2 };

/** Ctrl+Shift+F, Ctrl+Shift+1 to 3, Ctrl+Shift+Enter. */
export function paneAction(press: KeyPress): PaneAction | undefined {
  if (!press.ctrlKey || !press.shiftKey || press.altKey || press.metaKey) return undefined;
  if (press.code === "KeyF") return { kind: "search" };
  if (press.code === "Enter") return { kind: "leave" };
  const console = DIGITS[press.code];
  return console === undefined ? undefined : { kind: "show", console };
}

/** `paste` is left to the browser, which then fires a paste event without asking for a permission. */
export type ClipboardAction = "copy" | "paste";

/**
 * Ctrl+Shift+C and Ctrl+Shift+V, as in terminals. Ctrl+C copies while something is selected and interrupts otherwise;
 * Ctrl+V pastes (a literal ^V is Ctrl+Q in bash and in vim). A Mac has Cmd for both and keeps Ctrl for the guest.
 */
export function clipboardAction(
  press: KeyPress,
  hasSelection: boolean,
  isMac: boolean,
): ClipboardAction | undefined {
  if (!press.ctrlKey || press.altKey || press.metaKey) return undefined;
  const key = press.key.toLowerCase();
  if (press.shiftKey) {
    if (key === "c") return "copy";
    return key === "v" ? "paste" : undefined;
  }
  if (isMac) return undefined;
  if (key === "c" && hasSelection) return "copy";
  return key === "v" ? "paste" : undefined;
}
