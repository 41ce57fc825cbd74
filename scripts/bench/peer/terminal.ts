/**
 * A login shell at the other end of a byte stream, typed at as a person would: what is typed is echoed, and output has no
 * frame. So every command is put between two marks that nobody can guess. The marks are printed by `printf` out of two
 * parts, so that the echo of the line is not taken for them.
 */
import { randomBytes } from "node:crypto";
import { failedCommand, type GuestRun } from "../run-in-guest";

/** The part of a child process, or of a socket, that is used here. */
export interface ByteStream {
  write(text: string): void;
  onBytes(listener: (bytes: Uint8Array) => void): void;
  /** Called once, when nothing more will come. */
  onEnd(listener: (reason: Error) => void): void;
}

export interface Answer {
  readonly output: string;
  readonly status: number;
}

/** What the guest's shells write after their prompt (OSC 133; the rootfs' .bashrc). */
const PROMPT_MARK = "\u001b]133;B\u0007";
/** Of what is read, characters that are kept: the end is looked for in them. */
const MOST_KEPT = 1024 * 1024;

/** The line to type: runs a command between its marks. */
export function typedLine(command: string, mark: string): string {
  return `printf 'BEGIN-%s\\n' ${mark}; ${command}; printf '\\nEND-%s-%s-\\n' ${mark} $?\n`;
}

/** What a command said and its status, once both marks have been read; `undefined` until then. */
export function findAnswer(text: string, mark: string): Answer | undefined {
  const end = new RegExp(`\\r?\\nEND-${mark}-(\\d+)-`).exec(text);
  if (end === null) return undefined;
  const begin = `BEGIN-${mark}`;
  const from = text.indexOf(begin);
  const output = from < 0 ? text.slice(0, end.index) : text.slice(from + begin.length, end.index);
  return { output: output.replaceAll("\r\n", "\n").replace(/^\n/, ""), status: Number(end[1]) };
}

interface Waiting {
  readonly look: (text: string) => boolean;
  readonly fail: (reason: Error) => void;
}

/** One command at a time. */
export class ShellTerminal {
  readonly #stream: ByteStream;
  #text = "";
  #waiting: Waiting | undefined;
  #ended: Error | undefined;

  constructor(stream: ByteStream) {
    this.#stream = stream;
    const decoder = new TextDecoder();
    stream.onBytes((bytes) => {
      this.#text = (this.#text + decoder.decode(bytes, { stream: true })).slice(-MOST_KEPT);
      if (this.#waiting?.look(this.#text) === true) this.#waiting = undefined;
    });
    stream.onEnd((reason) => {
      this.#ended = reason;
      this.#waiting?.fail(reason);
      this.#waiting = undefined;
    });
  }

  /** Resolves at the shell's first prompt. @throws Error after `limitSeconds`, or when the stream ends */
  async waitForPrompt(limitSeconds: number): Promise<void> {
    await this.#wait("the first prompt", limitSeconds, (text) => text.includes(PROMPT_MARK) || undefined);
  }

  /**
   * From Enter to the last line of the output.
   * @throws Error when its status is not 0, after `limitSeconds`, or when the stream ends
   */
  async run(command: string, limitSeconds: number): Promise<GuestRun> {
    const mark = randomBytes(12).toString("hex");
    this.#text = "";
    const began = performance.now();
    this.#stream.write(typedLine(command, mark));
    const { output, status } = await this.#wait(command, limitSeconds, (text) => findAnswer(text, mark));
    const seconds = (performance.now() - began) / 1000;
    if (status !== 0) throw failedCommand(command, status, output);
    return { output, seconds };
  }

  #wait<T>(what: string, limitSeconds: number, find: (text: string) => T | undefined): Promise<T> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (this.#waiting !== undefined) return Promise.reject(new Error("another command is being waited for"));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting = undefined;
        reject(new Error(`${what}: no end after ${limitSeconds} s; seen last:\n${this.#text.slice(-500)}`));
      }, limitSeconds * 1000);
      const look = (text: string): boolean => {
        const found = find(text);
        if (found === undefined) return false;
        clearTimeout(timer);
        resolve(found);
        return true;
      };
      const fail = (reason: Error): void => {
        clearTimeout(timer);
        reject(reason);
      };
      if (!look(this.#text)) this.#waiting = { look, fail };
    });
  }
}
