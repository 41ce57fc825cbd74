/**
 * Copy and paste between a terminal and the clipboard. Pasting prefers the browser's own paste event (Ctrl+V, the
 * context menu, the middle button on Linux), which needs no permission; only buttons of ours read the clipboard.
 */
import type { Terminal } from "@xterm/xterm";
import type { Notice } from "./notice";
import { clipboardAction } from "./shortcuts";

export interface ClipboardHooks {
  onPaste(text: string): void;
  onNotice(notice: Notice): void;
}

const isMac = /Mac|iPhone|iPad/u.test(navigator.userAgent);
const isLinux = navigator.userAgent.includes("Linux");

export class SessionClipboard {
  readonly #terminal: Terminal;
  readonly #hooks: ClipboardHooks;

  constructor(terminal: Terminal, element: HTMLElement, hooks: ClipboardHooks) {
    this.#terminal = terminal;
    this.#hooks = hooks;
    // In the capture phase, before xterm.js: it would also put the whole text into its hidden text area.
    element.addEventListener("paste", (event) => this.#takePaste(event), { capture: true });
    element.addEventListener("mousedown", (event) => {
      if (this.#pastesOnMiddle(event)) event.preventDefault();
    });
    element.addEventListener("auxclick", (event) => {
      if (this.#pastesOnMiddle(event)) void this.readAndPaste();
    });
    terminal.attachCustomKeyEventHandler((event) => this.#allowKey(event));
  }

  /** Puts the selection on the clipboard. */
  async copy(): Promise<void> {
    const text = this.#terminal.getSelection();
    if (text === "") return;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      this.#hooks.onNotice({ kind: "copy-failed" });
      return;
    }
    this.#hooks.onNotice({ kind: "copied" });
  }

  /** Pastes the clipboard's text, for which the browser may ask the learner. */
  async readAndPaste(): Promise<void> {
    let text: string;
    try {
      text = await navigator.clipboard.readText();
    } catch {
      this.#hooks.onNotice({ kind: "paste-failed" });
      return;
    }
    this.#hooks.onPaste(text);
  }

  /** Returns whether xterm.js is to see the key. */
  #allowKey(event: KeyboardEvent): boolean {
    if (event.isComposing) return true;
    const action = clipboardAction(event, this.#terminal.hasSelection(), isMac);
    if (action === undefined) return true;
    if (action === "copy") {
      // Ctrl+Shift+C would open the browser's inspector.
      event.preventDefault();
      if (event.type === "keydown" && !event.repeat) void this.#copyByKey(event.shiftKey);
    }
    return false;
  }

  async #copyByKey(keepSelection: boolean): Promise<void> {
    await this.copy();
    // With the selection gone, the next Ctrl+C interrupts again.
    if (!keepSelection) this.#terminal.clearSelection();
  }

  #takePaste(event: ClipboardEvent): void {
    event.preventDefault();
    event.stopPropagation();
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (text !== "") this.#hooks.onPaste(text);
  }

  /** On Linux the browser itself pastes the primary selection; a guest that follows the mouse gets the click. */
  #pastesOnMiddle(event: MouseEvent): boolean {
    return event.button === 1 && !isLinux && this.#terminal.modes.mouseTrackingMode === "none";
  }
}
