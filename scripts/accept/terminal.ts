/** One of the guest's terminals as a person has it: keys in, text out. */
import { stripVTControlCharacters } from "node:util";
import { CONSOLE_COUNT, type ConsoleId } from "../../contract/protocol";
import type { Machine } from "../../worker/machine/machine";
import type { Pattern } from "./case";

/** Wide enough that no line of Docker's tables wraps. */
const COLUMNS = 160;
const ROWS = 50;

/** The first place in `text` from `from` on where the pattern ends, or -1. */
export function findPattern(text: string, pattern: Pattern, from = 0): number {
  if (typeof pattern === "string") {
    const at = text.indexOf(pattern, from);
    return at < 0 ? -1 : at + pattern.length;
  }
  const match = new RegExp(pattern.source, pattern.flags.replace("g", "")).exec(text.slice(from));
  return match === null ? -1 : from + match.index + match[0].length;
}

/**
 * All terminals have their size, and their shells have drawn their prompts for it. A shell that is typed at meanwhile draws
 * its line once more. hvc's size is set after its processes have been sent SIGWINCH, and one that sleeps has seen it.
 */
const FITTED = Array.from({ length: CONSOLE_COUNT }, (_, id) => `hvc${id}`)
  .map(
    (tty) =>
      `test "$(stty size -F /dev/${tty})" = "${ROWS} ${COLUMNS}" && ! ps -t ${tty} -o stat= | grep -q R`,
  )
  .join(" && ");
const FIT_TRIES = 100;

/** Gives every terminal its size and waits until its shell knows. @throws Error when one does not */
export async function fitTerminals(machine: Machine): Promise<void> {
  for (let id = 0; id < CONSOLE_COUNT; id++) machine.console(id as ConsoleId).resize(COLUMNS, ROWS);
  for (let attempt = 0; attempt < FIT_TRIES; attempt++) {
    const { status } = await machine.agent.run(["/bin/bash", "-c", FITTED]);
    if (status === 0) return;
  }
  throw new Error(`the guest's terminals do not become ${COLUMNS} by ${ROWS}`);
}

export class Terminal {
  readonly #machine: Machine;
  readonly #id: ConsoleId;
  readonly #decoder = new TextDecoder();
  #raw = "";
  /** Where the last pattern that was seen ended, in the plain text. */
  #seen = 0;

  constructor(machine: Machine, id: ConsoleId) {
    this.#machine = machine;
    this.#id = id;
    machine.console(id).onBytes((bytes) => (this.#raw += this.#decoder.decode(bytes, { stream: true })));
  }

  /** What came since the last keys, without colours and carriage returns. */
  get text(): string {
    return stripVTControlCharacters(this.#raw).replaceAll("\r", "");
  }

  async type(keys: string): Promise<void> {
    this.#raw = "";
    this.#seen = 0;
    await this.#machine.console(this.#id).write(new TextEncoder().encode(keys));
  }

  /** @throws Error with what is on the terminal, when a pattern does not come within the time */
  async waitFor(patterns: readonly Pattern[], seconds: number): Promise<void> {
    const deadline = performance.now() + seconds * 1000;
    for (const pattern of patterns) {
      for (;;) {
        const end = findPattern(this.text, pattern, this.#seen);
        if (end >= 0) {
          this.#seen = end;
          break;
        }
        if (performance.now() > deadline) {
          throw new Error(
            `no ${String(pattern)} on terminal ${this.#id} after ${seconds} s. It shows:\n${this.text.slice(-2000)}`,
          );
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }
}
