/** One console's terminal: xterm.js with its addons, between the guest's bytes and the learner's keys. */
import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { SerializeAddon } from "@xterm/addon-serialize";
import { Unicode11Addon } from "@xterm/addon-unicode11";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { Terminal } from "@xterm/xterm";
import type { ConsoleId, ConsoleService, Remote } from "../../contract/protocol";
import { barKeyText, type BarKey } from "./control-keys";
import { InputQueue, type PasteProgress } from "./input-queue";
import { drawnText, KEPT_SCROLLBACK_ROWS, type KeptFrame, type KeptTerminal } from "./kept-terminals";
import { classifyLink } from "./link-kind";
import type { Notice } from "./notice";
import { OutputPump } from "./output-pump";
import { preparePaste } from "./paste-text";
import { ShellPrompt, type ShellListener } from "./shell-prompt";
import { SessionClipboard } from "./session-clipboard";
import {
  MINIMUM_CONTRAST,
  pageTokens,
  TERMINAL_FONTS,
  terminalTheme,
  type ColourScheme,
} from "./terminal-theme";
import { followTouch } from "./touch-scroll";
import { attachRenderer, type RendererChoice } from "./webgl-renderer";

export interface TerminalLook {
  /** Which theme the page has: the colours are read off it. */
  readonly scheme: ColourScheme;
  /** In CSS pixels. */
  readonly fontSize: number;
  readonly screenReader: boolean;
}

export interface SessionHooks extends ShellListener {
  onPasteProgress(progress: PasteProgress | undefined): void;
  onNotice(notice: Notice): void;
  /** Passes typed text through the key bar's Ctrl. */
  onType(text: string): string;
}

const SCROLLBACK_ROWS = 10_000;

/** ESC c, "reset to initial state": in the stream, so that it comes after what the old machine wrote. */
const RESET_SEQUENCE = new Uint8Array([0x1b, 0x63]);
const INTERRUPT = "\u0003";

export class TerminalSession {
  readonly id: ConsoleId;
  readonly search = new SearchAddon();
  readonly clipboard: SessionClipboard;
  /** Where xterm.js lives; views come and go around it. */
  readonly element = document.createElement("div");
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #serializer = new SerializeAddon();
  readonly #consoles: Remote<ConsoleService>;
  readonly #hooks: SessionHooks;
  readonly #queue: InputQueue;
  readonly #pump: OutputPump;
  readonly #encoder = new TextEncoder();
  #opened = false;
  /** Asked for before the terminal was open. */
  #focusWanted = false;
  #live = false;
  readonly #prompt: ShellPrompt;
  /** Counts what was written. */
  #version = 0;
  /** What was kept last, which is still right while nothing is written: to serialise takes a while. */
  #lastKept: { readonly version: number; readonly kept: KeptTerminal } | undefined;
  /** Over when a kept screen has been drawn, which must be before the terminal takes another size. */
  #restored: Promise<void> = Promise.resolve();
  /** A kept screen on its way: the bytes that are still to come, and what to call then. */
  #frame: { left: number; readonly end: () => void } | undefined;

  constructor(id: ConsoleId, consoles: Remote<ConsoleService>, look: TerminalLook, hooks: SessionHooks) {
    this.id = id;
    this.#consoles = consoles;
    this.#hooks = hooks;
    this.#terminal = new Terminal({
      // The addons for search marks and for Unicode 11 use parts that xterm.js still calls proposed.
      allowProposedApi: true,
      cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      fontFamily: TERMINAL_FONTS,
      lineHeight: 1.15,
      linkHandler: { activate: (_event, text) => this.#openLink(text) },
      minimumContrastRatio: MINIMUM_CONTRAST,
      rescaleOverlappingGlyphs: true,
      scrollback: SCROLLBACK_ROWS,
      ...terminalOptions(look),
    });
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.loadAddon(this.search);
    this.#terminal.loadAddon(this.#serializer);
    this.#terminal.loadAddon(new WebLinksAddon((_event, text) => this.#openLink(text)));
    this.#terminal.loadAddon(new Unicode11Addon());
    this.#terminal.unicode.activeVersion = "11";
    this.#queue = new InputQueue({
      write: (bytes) => consoles.input(id, bytes),
      onProgress: (progress) => hooks.onPasteProgress(progress),
      onError: (error) => {
        // A machine that is gone has its own page.
        if (error.code !== "worker-died" && error.code !== "aborted") {
          hooks.onNotice({ kind: "input-failed", message: error.message });
        }
      },
    });
    this.#pump = new OutputPump(this.#terminal, (bytes) => void this.#tell(consoles.consumed(id, bytes)));
    this.clipboard = new SessionClipboard(this.#terminal, this.element, {
      onPaste: (text) => this.paste(text),
      onNotice: (notice) => hooks.onNotice(notice),
    });
    this.#prompt = new ShellPrompt(this.#terminal, hooks);
    this.#terminal.onData((text) => this.#type(hooks.onType(text)));
    this.#terminal.onBinary((text) => this.#queue.type(Uint8Array.from(text, (char) => char.charCodeAt(0))));
    this.#terminal.onResize(() => this.#sendSize());
    followTouch(this.element, {
      rowHeight: () => this.element.clientHeight / this.#terminal.rows,
      scroll: (rows) => this.#scroll(rows),
    });
  }

  /** Shows the terminal in `host`. The first time it is drawn, with the renderer that was chosen. */
  async mount(host: HTMLElement, choice: RendererChoice): Promise<void> {
    host.append(this.element);
    if (this.#opened) return;
    this.#opened = true;
    // Tasks of their own: drawing the pane, opening the terminal, fitting it and making a WebGL context are each long
    // enough for the main thread.
    await nextTask();
    await this.#restored;
    if (!this.element.isConnected) {
      this.#opened = false;
      return;
    }
    this.#terminal.open(this.element);
    this.#terminal.textarea?.addEventListener("focus", releaseKeys);
    await nextTask();
    this.fit();
    this.#sendSize();
    if (this.#focusWanted && this.element.clientWidth > 0) this.#terminal.focus();
    await nextTask();
    this.element.dataset["renderer"] = "dom";
    this.element.dataset["renderer"] = await attachRenderer(this.#terminal, choice, (renderer) => {
      this.element.dataset["renderer"] = renderer;
    });
  }

  unmount(): void {
    this.element.remove();
  }

  /** Makes the terminal as large as its place; the guest is told when that changes its size in characters. */
  fit(): void {
    // A place that is not shown has no size.
    if (this.element.clientWidth === 0 || this.element.clientHeight === 0 || this.#frame !== undefined)
      return;
    this.#fit.fit();
  }

  focus(): void {
    this.#focusWanted = true;
    this.#terminal.focus();
  }

  setLook(look: TerminalLook): void {
    this.#terminal.options = terminalOptions(look);
    this.fit();
  }

  /** The text area's name for screen readers. New terminals take it from `Terminal.strings`. */
  setInputLabel(label: string): void {
    this.#terminal.textarea?.setAttribute("aria-label", label);
  }

  /** `live` says that the guest is there. A new guest does not know the terminal's size. */
  setLive(live: boolean): void {
    if (live === this.#live) return;
    this.#live = live;
    // What was kept comes before the machine is ready.
    if (live) this.settle();
    if (this.#opened) this.#sendSize();
  }

  output(bytes: Uint8Array<ArrayBuffer>): void {
    this.#version += 1;
    this.#pump.push(bytes);
    if (this.#frame === undefined) return;
    this.#frame.left -= bytes.byteLength;
    if (this.#frame.left <= 0) this.settle();
  }

  /**
   * What the terminal shows once it has parsed everything that was put out until now, and nothing later. Of its
   * scrollback the last rows are kept, as many as do not hold up the page.
   */
  keep(): Promise<KeptTerminal> {
    const version = this.#version;
    return new Promise((resolve) => {
      // Called between what was written before and what comes after.
      this.#terminal.write("", () => {
        const { cols: columns, rows } = this.#terminal;
        const last = this.#lastKept;
        if (last?.version === version && last.kept.columns === columns && last.kept.rows === rows) {
          resolve(last.kept);
          return;
        }
        const screen = this.#serializer.serialize({ scrollback: KEPT_SCROLLBACK_ROWS });
        const kept = { console: this.id, screen, columns, rows, atPrompt: this.#prompt.waits };
        this.#lastKept = { version, kept };
        resolve(kept);
      });
    });
  }

  /** The last rows that are shown, as text. */
  get text(): string {
    return drawnText(this.#terminal.buffer.active);
  }

  /**
   * Clears the terminal for what was kept, whose screen comes as output. It has its former size until that is drawn, or
   * until `settle`.
   */
  restore(frame: KeptFrame): void {
    this.reset();
    this.#restored = new Promise((end) => (this.#frame = { left: frame.bytes, end }));
    this.#terminal.write("", () => this.#terminal.resize(frame.columns, frame.rows));
    // A screen does not have the marks that it was written with.
    this.#terminal.write("", () => this.#prompt.reset(frame.atPrompt));
    if (frame.bytes === 0) this.settle();
  }

  /** What was kept is on its way. */
  get isRestoring(): boolean {
    return this.#frame !== undefined;
  }

  /** What was kept has come, be it all of it or not. */
  settle(): void {
    const frame = this.#frame;
    if (frame === undefined) return;
    this.#frame = undefined;
    this.#terminal.write("", () => {
      if (this.#opened) this.fit();
      frame.end();
    });
  }

  /** Clears the terminal for a new machine. */
  reset(): void {
    this.#queue.reset();
    this.#pump.reset();
    this.#prompt.reset();
    this.#version += 1;
    this.settle();
    this.#terminal.write(RESET_SEQUENCE);
  }

  paste(text: string): void {
    const { bytes, closing } = preparePaste(text, this.#terminal.modes.bracketedPasteMode);
    this.#terminal.scrollToBottom();
    this.#queue.paste(bytes, closing);
  }

  /** The shell waits for a command. */
  get atPrompt(): boolean {
    return this.#prompt.waits;
  }

  /** Types a command and its Enter, as if it had been pasted. */
  enterCommand(command: string): void {
    this.paste(command);
    this.#queue.type(this.#encoder.encode("\r"));
  }

  /** Sends what keys send. */
  sendKeys(bytes: readonly string[]): void {
    this.#terminal.scrollToBottom();
    for (const key of bytes) this.#type(key);
  }

  cancelPaste(): void {
    this.#queue.cancelPastes();
  }

  /** Presses a key of the key bar. */
  press(key: BarKey): void {
    const text = barKeyText(key, this.#terminal.modes.applicationCursorKeysMode);
    this.#terminal.input(text);
  }

  #type(text: string): void {
    // After an interrupt the rest of a paste must not be typed.
    if (text === INTERRUPT && this.#queue.isPasting) this.#queue.cancelPastes();
    this.#queue.type(this.#encoder.encode(text));
  }

  #scroll(rows: number): void {
    if (this.#terminal.buffer.active.type === "normal") {
      this.#terminal.scrollLines(rows);
      return;
    }
    const key = barKeyText(rows > 0 ? "down" : "up", this.#terminal.modes.applicationCursorKeysMode);
    this.#queue.type(this.#encoder.encode(key.repeat(Math.abs(rows))));
  }

  #sendSize(): void {
    if (this.#live) void this.#tell(this.#consoles.resize(this.id, this.#terminal.cols, this.#terminal.rows));
  }

  #openLink(text: string): void {
    switch (classifyLink(text)) {
      case "external":
        window.open(text, "_blank", "noopener,noreferrer");
        return;
      case "guest":
        this.#hooks.onNotice({ kind: "guest-link", address: text });
        return;
      case "refused":
        this.#hooks.onNotice({ kind: "refused-link" });
    }
  }

  /** Waits for a call whose failure means that the machine has gone, which the machine's status reports. */
  async #tell(call: Promise<void>): Promise<void> {
    try {
      await call;
    } catch {
      this.#live = false;
    }
  }
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function terminalOptions(look: TerminalLook) {
  return {
    fontSize: look.fontSize,
    screenReaderMode: look.screenReader,
    theme: terminalTheme(pageTokens()),
  };
}

/**
 * A key that is pressed here and released elsewhere (as those that lead out of the terminal) stays down for
 * xterm.js, which then ignores text that comes without a key: from an input method, a voice, an on-screen keyboard.
 */
function releaseKeys({ currentTarget }: Event): void {
  currentTarget?.dispatchEvent(new KeyboardEvent("keyup", { key: "Shift", code: "ShiftLeft", keyCode: 16 }));
}
