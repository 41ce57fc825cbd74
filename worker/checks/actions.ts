/** What a lesson does out of sight: setting up, and replaying what leads to a step. */
import type { ActionReport, GuestAction } from "../../contract/checks";
import { DrydockError } from "../../contract/errors";
import type { ProgramResult } from "./round";
import { HiddenTerminal, type HiddenShell } from "./hidden-terminal";

/** What actions need of the machine. */
export interface ActionDoors {
  /** A login shell of root's on a pty, in /root. */
  openShell(signal: AbortSignal): Promise<HiddenShell>;
  /** As in checks; standard error is part of the output. */
  runWith(argv: readonly string[], input: string | Uint8Array, signal: AbortSignal): Promise<ProgramResult>;
}

const KEPT_OUTPUT = 4000;
const SAVE = 'mkdir -p -- "$(dirname -- "$1")" && cat > "$1" && chmod -- "$2" "$1"';

export class ActionRunner {
  readonly #doors: ActionDoors;
  readonly #terminals = new Map<number, HiddenTerminal>();

  constructor(doors: ActionDoors) {
    this.#doors = doors;
  }

  /**
   * Does one thing, to its end where it has one.
   *
   * @throws DrydockError `bad-request` when a terminal does not come to its prompt or a file cannot be written,
   *   `agent` when the machine is gone
   */
  async perform(action: GuestAction, signal: AbortSignal): Promise<ActionReport> {
    switch (action.type) {
      case "end":
        this.end();
        return { status: undefined, output: "" };
      case "script": {
        const { status, stdout } = await this.#doors.runWith(["bash", "-e"], action.script, signal);
        return { status, output: stdout.slice(-KEPT_OUTPUT) };
      }
      case "file":
        return this.#save(action.path, action.content, action.mode, signal);
      case "keys": {
        const terminal = await this.#terminal(action.terminal, signal);
        await terminal.press(action.bytes, signal);
        return { status: undefined, output: terminal.output.slice(-KEPT_OUTPUT) };
      }
      case "run": {
        const terminal = await this.#terminal(action.terminal, signal);
        if (action.inside) await terminal.typeInside(action.command, signal);
        else if (action.stays) await terminal.start(action.command, signal);
        else await terminal.run(action.command, signal);
        return { status: undefined, output: terminal.output.slice(-KEPT_OUTPUT) };
      }
    }
  }

  /** Ends the hidden terminals and what runs in them. */
  end(): void {
    for (const terminal of this.#terminals.values()) terminal.close();
    this.#terminals.clear();
  }

  async #save(
    path: string,
    content: string | Uint8Array,
    mode: string,
    signal: AbortSignal,
  ): Promise<ActionReport> {
    const { status, stdout } = await this.#doors.runWith(
      ["bash", "-c", SAVE, "save", path, mode],
      content,
      signal,
    );
    if (status !== 0) throw new DrydockError("bad-request", `${path}: ${stdout.trim()}`, { subject: path });
    return { status, output: "" };
  }

  async #terminal(number: number, signal: AbortSignal): Promise<HiddenTerminal> {
    const known = this.#terminals.get(number);
    if (known !== undefined && !known.ended) return known;
    const terminal = new HiddenTerminal(await this.#doors.openShell(signal));
    this.#terminals.set(number, terminal);
    return terminal;
  }
}
