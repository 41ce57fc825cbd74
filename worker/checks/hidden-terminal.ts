/**
 * A shell on a pseudo-terminal that nobody sees, driven as a learner drives theirs: commands are typed, programs that
 * stay are typed into, keys are pressed. When the prompt is back is known by the shell's marks; what a program inside
 * is waiting for can only be guessed from its silence.
 */
import { DrydockError } from "../../contract/errors";
import { PromptMarks } from "./prompt-marks";

/** A shell on a pty. */
export interface HiddenShell {
  write(text: string): Promise<void>;
  readonly output: ReadableStream<Uint8Array>;
  close(): void;
}

/** Seconds that a command may take. */
const COMMAND_SECONDS = 180;
/** Seconds until the first prompt, or the next after a key. */
const PROMPT_SECONDS = 30;
/**
 * Milliseconds of silence after a prompt that no command came before: a line with a mistake in it runs nothing. Until
 * then it may be the old prompt, which the shell draws anew when the window gets its size.
 */
const UNRUN_MS = 10_000;
const KEPT_CHARACTERS = 8192;
/** Milliseconds between two looks at what has come. */
const LOOK_MS = 50;

/** When a program that does not end is taken to wait for input; all in milliseconds. */
interface Patience {
  /** Of silence after what looks like a prompt. */
  readonly afterPrompt: number;
  /** Of silence after any output. */
  readonly afterOutput: number;
  /** In all. */
  readonly most: number;
}
/** Some, `docker attach` say, are silent forever: what is typed or pressed before they read would be lost. */
const FOR_START: Patience = { afterPrompt: 300, afterOutput: 8000, most: 20_000 };
const FOR_INPUT: Patience = { afterPrompt: 500, afterOutput: 3000, most: 10_000 };
const FOR_KEY: Patience = { afterPrompt: 300, afterOutput: 700, most: 1500 };

const PROMPT_LIKE = /[#$>] ?$/u;
// eslint rules forbid control characters in patterns: the escapes are built from their codes.
const ESC = String.fromCharCode(0x1b);
const BEL = String.fromCharCode(0x07);
const ESCAPES = new RegExp(
  `${ESC}\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)|${ESC}\\[[0-9;?]*[ -/]*[@-~]|${ESC}.|\r`,
  "gu",
);

export class HiddenTerminal {
  readonly #shell: HiddenShell;
  readonly #marks = new PromptMarks();
  readonly #decoder = new TextDecoder();
  #text = "";
  #lastOutput = performance.now();
  #written = 0;
  #atPrompt = false;
  /** The shell has begun to run what was typed. */
  #begun = false;
  #ended = false;

  constructor(shell: HiddenShell) {
    this.#shell = shell;
    void this.#read();
  }

  /** The shell has ended, by itself or because the machine is gone. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The end of what was printed, without control sequences. */
  get output(): string {
    return this.#text.replace(ESCAPES, "");
  }

  /** Types a command and waits until the prompt is back. Throws `bad-request` when the terminal is not at its prompt. */
  async run(command: string, signal: AbortSignal): Promise<void> {
    await this.#type(command, signal);
    const over = (): boolean =>
      this.#atPrompt && (this.#begun || performance.now() - this.#lastOutput >= UNRUN_MS);
    await this.#until(over, COMMAND_SECONDS, signal, `the command did not end: ${command}`);
  }

  /** Types a command that goes on by itself, and waits until it seems to be at work. */
  async start(command: string, signal: AbortSignal): Promise<void> {
    await this.#type(command, signal);
    await this.#settle(FOR_START, signal);
  }

  /** Types lines into the program that is running. */
  async typeInside(text: string, signal: AbortSignal): Promise<void> {
    for (const line of text.split("\n")) {
      this.#atPrompt = false;
      await this.#write(`${line}\r`);
      await this.#settle(FOR_INPUT, signal);
    }
  }

  /** Presses keys, one after the other. */
  async press(keys: readonly string[], signal: AbortSignal): Promise<void> {
    for (const key of keys) {
      this.#atPrompt = false;
      await this.#write(key);
      await this.#settle(FOR_KEY, signal);
    }
  }

  close(): void {
    this.#shell.close();
  }

  async #type(command: string, signal: AbortSignal): Promise<void> {
    const message = `the hidden terminal is not at its prompt, so this could not be typed: ${command}`;
    await this.#until(() => this.#atPrompt, PROMPT_SECONDS, signal, message);
    this.#atPrompt = false;
    this.#begun = false;
    // Bracketed paste: several lines are one input, as they are in the learner's terminal.
    await this.#write(`${ESC}[200~${command}${ESC}[201~\r`);
  }

  async #write(text: string): Promise<void> {
    this.#written = this.#text.length;
    this.#lastOutput = performance.now();
    await this.#shell.write(text);
  }

  async #settle(patience: Patience, signal: AbortSignal): Promise<void> {
    const began = performance.now();
    const settled = (): boolean => {
      if (this.#atPrompt) return true;
      const now = performance.now();
      const silence = now - this.#lastOutput;
      if (now - began >= patience.most) return true;
      if (this.#text.length === this.#written) return false;
      return silence >= (PROMPT_LIKE.test(this.output) ? patience.afterPrompt : patience.afterOutput);
    };
    await this.#until(settled, COMMAND_SECONDS, signal, "the program did not settle");
  }

  async #until(done: () => boolean, seconds: number, signal: AbortSignal, message: string): Promise<void> {
    const end = performance.now() + seconds * 1000;
    while (!done()) {
      signal.throwIfAborted();
      if (this.#ended) return;
      if (performance.now() > end)
        throw new DrydockError("bad-request", `${message}\n${this.output.slice(-1000)}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  async #read(): Promise<void> {
    const reader = this.#shell.output.getReader();
    try {
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        for (const mark of this.#marks.push(piece.value)) {
          this.#atPrompt = mark === "prompt";
          if (mark === "command") this.#begun = true;
        }
        const text = this.#text + this.#decoder.decode(piece.value, { stream: true });
        const cut = Math.max(0, text.length - KEPT_CHARACTERS);
        this.#text = text.slice(cut);
        this.#written = Math.max(0, this.#written - cut);
        this.#lastOutput = performance.now();
      }
    } catch {
      // The machine is gone: the waits below see that the shell has ended.
    } finally {
      this.#ended = true;
    }
  }
}
