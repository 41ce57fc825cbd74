/**
 * What the host has to say, in order: first the small frames, all that wait in one write; then data, one frame of each
 * sender in turn. One write is under way at a time, so nothing piles up beyond what the senders hold themselves.
 */
import { concatBytes } from "../bytes";

/** Somebody with data to send. */
export interface DataSource {
  /** The next frame, or undefined when there is nothing to send now; `Outbox.announce` puts it in line again. */
  takeFrame(): Uint8Array | undefined;
}

export class Outbox {
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  readonly #onFailure: (cause: unknown) => void;
  #control: Uint8Array[] = [];
  readonly #sources = new Set<DataSource>();
  #writing = false;

  constructor(write: (bytes: Uint8Array) => Promise<void>, onFailure: (cause: unknown) => void) {
    this.#write = write;
    this.#onFailure = onFailure;
  }

  /** Puts a small frame in line; it goes before any data. */
  post(frame: Uint8Array): void {
    this.#control.push(frame);
    this.#start();
  }

  /** Says that the source has something to send. */
  announce(source: DataSource): void {
    this.#sources.add(source);
    this.#start();
  }

  /** Forgets everything that has not been written. */
  clear(): void {
    this.#control = [];
    this.#sources.clear();
  }

  #next(): Uint8Array | undefined {
    if (this.#control.length > 0) {
      const frames = this.#control;
      this.#control = [];
      return concatBytes(frames);
    }
    for (const source of this.#sources) {
      this.#sources.delete(source);
      const frame = source.takeFrame();
      if (frame === undefined) continue;
      this.#sources.add(source); // at the end of the line
      return frame;
    }
    return undefined;
  }

  #start(): void {
    if (this.#writing) return;
    this.#writing = true;
    this.#writeAll().catch((cause: unknown) => {
      this.clear();
      this.#onFailure(cause);
    });
  }

  async #writeAll(): Promise<void> {
    try {
      // A turn later, so that frames posted together travel together.
      await Promise.resolve();
      for (let bytes = this.#next(); bytes !== undefined; bytes = this.#next()) await this.#write(bytes);
    } finally {
      this.#writing = false;
    }
  }
}
