/** For tests of the terminals: the machine's consoles, which say what they were told. */
import { DrydockError, type ErrorCode } from "../../../contract/errors";
import type { ConsoleId, ImageNotice, MachineStatus } from "../../../contract/protocol";
import { Store } from "../../store";
import type { ConsoleListener } from "../../vm/console-feed";
import type { TerminalLook } from "../terminal-session";
import type { TerminalMachine } from "../terminal-sessions";

export const LOOK: TerminalLook = { scheme: "dark", fontSize: 14, screenReader: false };

export class TestConsoles extends Store<{ readonly status: MachineStatus }> implements TerminalMachine {
  /** What was typed into each console. */
  readonly typed: [string, string, string] = ["", "", ""];
  /** Bytes of output that the page has taken. */
  consumedBytes = 0;
  /** The guest takes no input until `release` while this is set. */
  isHeld = false;
  failure: ErrorCode | undefined;
  #listener: ConsoleListener | undefined;
  #noticeListener: (notice: ImageNotice) => void = () => undefined;
  #release: () => void = () => undefined;

  constructor() {
    super({ status: { kind: "ready" } });
  }

  readonly consoles: TerminalMachine["consoles"] = {
    input: async (console, bytes) => {
      if (this.failure !== undefined) throw new DrydockError(this.failure, "no input");
      this.typed[console] += new TextDecoder().decode(bytes);
      if (this.isHeld) await new Promise<void>((resolve) => (this.#release = resolve));
    },
    resize: () => Promise.resolve(),
    consumed: (_console, bytes) => {
      this.consumedBytes += bytes;
      return Promise.resolve();
    },
  };
  attach(listener: ConsoleListener): () => void {
    this.#listener = listener;
    return () => undefined;
  }

  onImageNotice(listener: (notice: ImageNotice) => void): () => void {
    this.#noticeListener = listener;
    return () => undefined;
  }

  /** The worker tells of an image. */
  notice(notice: ImageNotice): void {
    this.#noticeListener(notice);
  }

  release(): void {
    this.isHeld = false;
    this.#release();
  }
  /** The guest writes. */
  write(console: ConsoleId, text: string): void {
    this.#listener?.onBytes(console, new TextEncoder().encode(text));
  }
  /** What follows draws the terminals as they were at `place`. */
  restore(place: string | undefined): void {
    this.#listener?.onRestore(place);
  }
  /** Another machine is behind the consoles. */
  replace(): void {
    this.#listener?.onReset();
  }
}
