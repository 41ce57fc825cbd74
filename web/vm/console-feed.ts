/**
 * Console output on its way to the terminals, in order with the moments at which the machine was replaced. The
 * terminals' code is loaded while the machine is: what comes before they are there is kept. It is not much, because the
 * worker holds the guest when too many bytes are unanswered.
 */
import type { ConsoleId } from "../../contract/protocol";

export interface ConsoleListener {
  onBytes(console: ConsoleId, bytes: Uint8Array<ArrayBuffer>): void;
  /** The machine behind the consoles is another one from here on: what they showed is over. */
  onReset(): void;
}

export class ConsoleFeed {
  #listener: ConsoleListener | undefined;
  #early: { readonly console: ConsoleId; readonly bytes: Uint8Array<ArrayBuffer> }[] = [];

  bytes(console: ConsoleId, bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#listener === undefined) this.#early.push({ console, bytes });
    else this.#listener.onBytes(console, bytes);
  }

  reset(): void {
    this.#early = [];
    this.#listener?.onReset();
  }

  /** There is one listener; a second one takes the place of the first. */
  attach(listener: ConsoleListener): () => void {
    this.#listener = listener;
    const early = this.#early;
    this.#early = [];
    for (const { console, bytes } of early) listener.onBytes(console, bytes);
    return () => {
      if (this.#listener === listener) this.#listener = undefined;
    };
  }
}
