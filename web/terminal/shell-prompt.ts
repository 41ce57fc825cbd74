/**
 * What the shell's marks tell (OSC 133: B after the prompt, C when a command begins): whether it waits for a command, and
 * which one was typed. The command is read off the screen, as the shell's line editor has left it there.
 */
import type { IMarker, Terminal } from "@xterm/xterm";

const SHELL_MARKS = 133;
/** Commands in a script or a file that was pasted are cut after so many characters. */
const MAX_COMMAND = 4000;

export interface ShellListener {
  /** A command was typed and begins. */
  onCommand(text: string): void;
  /** The shell waits for the next one. */
  onPrompt(): void;
}

export class ShellPrompt {
  readonly #terminal: Terminal;
  readonly #listener: ShellListener;
  /** A shell that writes no marks is always taken to wait. */
  #waits = true;
  /** Where the prompt ends. */
  #end: { readonly marker: IMarker; readonly column: number } | undefined;

  constructor(terminal: Terminal, listener: ShellListener) {
    this.#terminal = terminal;
    this.#listener = listener;
    terminal.parser.registerOscHandler(SHELL_MARKS, (mark) => {
      if (mark.startsWith("B")) this.#onPrompt();
      if (mark.startsWith("C")) this.#onCommand();
      return true;
    });
  }

  /** The shell waits for a command. */
  get waits(): boolean {
    return this.#waits;
  }

  /** Another shell, or one whose screen was kept: `waits` says whether it waits for a command. */
  reset(waits = true): void {
    this.#waits = waits;
    this.#forget();
  }

  #onPrompt(): void {
    const waited = this.#waits && this.#end !== undefined;
    this.#forget();
    this.#waits = true;
    const marker = this.#terminal.registerMarker(0);
    this.#end = { marker, column: this.#terminal.buffer.active.cursorX };
    // The line editor writes its prompt anew whenever it draws the line.
    if (!waited) this.#listener.onPrompt();
  }

  #onCommand(): void {
    const end = this.#end;
    this.#waits = false;
    if (end === undefined) return;
    const text = this.#read(end.marker.line, end.column);
    this.#forget();
    if (text !== "") this.#listener.onCommand(text);
  }

  /** From the prompt's end to the line before the cursor's. The line is -1 when it has left the scrollback. */
  #read(first: number, column: number): string {
    const { active } = this.#terminal.buffer;
    if (first < 0) return "";
    let text = "";
    for (let y = first; y < active.baseY + active.cursorY && text.length < MAX_COMMAND; y++) {
      const line = active.getLine(y);
      if (line === undefined) break;
      const isContinued = active.getLine(y + 1)?.isWrapped === true;
      if (y > first && !line.isWrapped) text += "\n";
      text += line.translateToString(!isContinued, y === first ? column : 0);
    }
    return text.slice(0, MAX_COMMAND).trim();
  }

  #forget(): void {
    this.#end?.marker.dispose();
    this.#end = undefined;
  }
}
