/**
 * Console output on its way to the terminals, in order with the moments at which the machine was replaced or went back.
 * The terminals' code is loaded while the machine is: what comes before they are there is kept. It is not much, because
 * the worker holds the guest when too many bytes are unanswered.
 */
import type { ConsoleId } from "../../contract/protocol";

export interface ConsoleListener {
  onBytes(console: ConsoleId, bytes: Uint8Array<ArrayBuffer>): void;
  /** The machine behind the consoles is another one from here on: what they showed is over. */
  onReset(): void;
  /** What follows draws the terminals as they were when the page was at `place`. */
  onRestore(place: string | undefined): void;
}

type Word = (listener: ConsoleListener) => void;

export class ConsoleFeed {
  #listener: ConsoleListener | undefined;
  #early: Word[] = [];

  bytes(console: ConsoleId, bytes: Uint8Array<ArrayBuffer>): void {
    this.#say((listener) => listener.onBytes(console, bytes));
  }

  reset(): void {
    this.#early = [];
    this.#listener?.onReset();
  }

  restore(place: string | undefined): void {
    this.#early = [];
    this.#say((listener) => listener.onRestore(place));
  }

  /** There is one listener; a second one takes the place of the first. */
  attach(listener: ConsoleListener): () => void {
    this.#listener = listener;
    const early = this.#early;
    this.#early = [];
    for (const word of early) word(listener);
    return () => {
      if (this.#listener === listener) this.#listener = undefined;
    };
  }

  #say(word: Word): void {
    if (this.#listener === undefined) this.#early.push(word);
    else word(this.#listener);
  }
}
