/**
 * A console's bytes on their way to the page: gathered for a few milliseconds, and held back at the machine itself when
 * the page's terminal is far behind, so that neither side's memory grows without bound and nothing is lost.
 */

/** Milliseconds that bytes wait for company. */
const GATHER_MS = 4;
/** A batch goes out at once when it has this many bytes. */
const BATCH_BYTES = 64 * 1024;
/** Unconsumed bytes at which the machine is held, and at which it goes on. */
const HOLD_BYTES = 2 * 1024 * 1024;
const RELEASE_BYTES = 256 * 1024;

export interface ConsoleOutputOptions {
  /** Takes the bytes over. */
  readonly emit: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly hold: () => void;
  readonly release: () => void;
}

export class ConsoleOutput {
  readonly #options: ConsoleOutputOptions;
  #parts: Uint8Array[] = [];
  #gathered = 0;
  #outstanding = 0;
  #held = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ConsoleOutputOptions) {
    this.#options = options;
  }

  push(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return;
    this.#parts.push(bytes);
    this.#gathered += bytes.byteLength;
    if (this.#gathered >= BATCH_BYTES) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  /** The page has drawn this many bytes. */
  consumed(bytes: number): void {
    if (!Number.isInteger(bytes) || bytes < 0) return;
    this.#outstanding = Math.max(0, this.#outstanding - bytes);
    if (this.#held && this.#outstanding <= RELEASE_BYTES) {
      this.#held = false;
      this.#options.release();
    }
  }

  /** Sends what has been gathered. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#gathered === 0) return;
    const batch = new Uint8Array(this.#gathered);
    let offset = 0;
    for (const part of this.#parts) {
      batch.set(part, offset);
      offset += part.byteLength;
    }
    this.#parts = [];
    this.#gathered = 0;
    this.#outstanding += batch.byteLength;
    this.#options.emit(batch);
    if (!this.#held && this.#outstanding >= HOLD_BYTES) {
      this.#held = true;
      this.#options.hold();
    }
  }
}
