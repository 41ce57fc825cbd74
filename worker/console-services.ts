/** What the worker does at a machine's consoles: what is typed goes in, and what they print comes out in batches. */
import { DrydockError } from "../contract/errors";
import { CONSOLE_COUNT, type ConsoleId, type ConsoleService } from "../contract/protocol";
import { ConsoleOutput } from "./machine/console-output";
import type { Machine } from "./machine/machine";

const MAX_INPUT_BYTES = 1024 * 1024;
const MAX_SIZE = 1000;

export interface ConsoleListener {
  /** A console's bytes as the guest writes them, before they are gathered. */
  onWrite(console: ConsoleId, bytes: Uint8Array): void;
  /** Takes the bytes over. */
  onBatch(console: ConsoleId, bytes: Uint8Array<ArrayBuffer>): void;
  /** The learner types. */
  onInput?(): void;
}

/** What is used of a console of the machine's. */
interface GuestConsole {
  onBytes(listener: (bytes: Uint8Array<ArrayBuffer>) => void): void;
  write(bytes: Uint8Array): Promise<void>;
  resize(columns: number, rows: number): void;
}

export interface ConsoleMachine extends Pick<Machine, "hold" | "release"> {
  /** @throws DrydockError `bad-request` for a number that no console has */
  console(id: ConsoleId): GuestConsole;
}

export class ConsoleServices implements ConsoleService {
  readonly #machine: ConsoleMachine;
  readonly #outputs: readonly ConsoleOutput[];
  readonly #listener: ConsoleListener;

  /** @param screens what draws each console as it is at the beginning */
  constructor(
    machine: ConsoleMachine,
    screens: readonly (Uint8Array | undefined)[],
    listener: ConsoleListener,
  ) {
    this.#machine = machine;
    this.#listener = listener;
    this.#outputs = Array.from({ length: CONSOLE_COUNT }, (_, index) => {
      const id = index as ConsoleId;
      const output = new ConsoleOutput({
        emit: (bytes) => listener.onBatch(id, bytes),
        hold: () => void machine.hold(`console ${id}`),
        release: () => void machine.release(`console ${id}`),
      });
      output.push(screens[index] ?? new Uint8Array());
      machine.console(id).onBytes((bytes) => {
        listener.onWrite(id, bytes);
        output.push(bytes);
      });
      return output;
    });
  }

  async input(console: ConsoleId, bytes: Uint8Array): Promise<void> {
    if (!(bytes instanceof Uint8Array) || bytes.byteLength > MAX_INPUT_BYTES) {
      throw new DrydockError("bad-request", "console input is a Uint8Array of at most 1 MiB");
    }
    this.#listener.onInput?.();
    await this.#machine.console(console).write(bytes);
  }

  /** Sends on what has been gathered: what comes next is later than all of it. */
  flush(): void {
    for (const output of this.#outputs) output.flush();
  }

  resize(console: ConsoleId, columns: number, rows: number): void {
    const valid = (size: number): boolean => Number.isInteger(size) && size >= 1 && size <= MAX_SIZE;
    if (!valid(columns) || !valid(rows)) {
      throw new DrydockError("bad-request", `a console cannot have ${columns} columns and ${rows} rows`);
    }
    this.#machine.console(console).resize(columns, rows);
  }

  consumed(console: ConsoleId, bytes: number): void {
    this.#outputs[console]?.consumed(bytes);
  }
}
