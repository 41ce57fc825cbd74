/**
 * What is typed and pasted into one console, on its way to the guest: in order, in pieces, each sent when the guest has
 * taken the one before (that is the whole of the flow control: the worker's call resolves then).
 */
import { toDrydockError, type DrydockError } from "../../contract/errors";

/** Bytes of the pastes under way. A queue with no paste in it has no progress. */
export interface PasteProgress {
  readonly sent: number;
  readonly total: number;
}

export interface InputQueueOptions {
  /** Types `bytes` into the console; resolves when the guest has taken them all. Gets buffers that it may give away. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Called whenever the progress of pasting has changed. */
  onProgress(progress: PasteProgress | undefined): void;
  /** When a write fails, what waited is dropped: it is not known how much of it reached the guest. */
  onError(error: DrydockError): void;
}

/** Well under the contract's limit: a paste can be stopped after each piece, and its progress moves evenly. */
export const PIECE_BYTES = 16 * 1024;

interface Item {
  readonly bytes: Uint8Array;
  /** How many of `bytes` have been handed to `write`. */
  offset: number;
  /** Set for a paste: what must follow when it is cut short, so that the guest knows that it is over. */
  readonly closing: Uint8Array | undefined;
}

export class InputQueue {
  readonly #options: InputQueueOptions;
  #items: Item[] = [];
  #progress: PasteProgress | undefined;
  #running = false;
  /** Counts the resets: a write of before a reset has no say in what happens after it. */
  #epoch = 0;
  /** Counts the batches of pastes: a piece of a cancelled one must not move the next one's progress. */
  #batch = 0;

  constructor(options: InputQueueOptions) {
    this.#options = options;
  }

  get isPasting(): boolean {
    return this.#progress !== undefined;
  }

  /** Puts a few bytes behind what waits already. */
  type(bytes: Uint8Array): void {
    this.#push({ bytes, offset: 0, closing: undefined });
  }

  /** Puts a paste behind what waits already. `closing` is sent in place of the rest when the paste is cut short. */
  paste(bytes: Uint8Array, closing: Uint8Array): void {
    if (bytes.byteLength === 0) return;
    const { sent, total } = this.#progress ?? { sent: 0, total: 0 };
    this.#setProgress({ sent, total: total + bytes.byteLength });
    this.#push({ bytes, offset: 0, closing });
  }

  /** Drops what of the pastes has not been sent yet. What was typed meanwhile stays. */
  cancelPastes(): void {
    this.#items = this.#items.flatMap((item) => {
      if (item.closing === undefined) return [item];
      if (item.offset === 0) return [];
      return [{ bytes: item.closing, offset: 0, closing: undefined }];
    });
    this.#setProgress(undefined);
  }

  /** Drops everything: the guest that it was meant for is gone. */
  reset(): void {
    this.#epoch += 1;
    this.#items = [];
    this.#running = false;
    this.#setProgress(undefined);
  }

  #push(item: Item): void {
    if (item.bytes.byteLength === 0) return;
    this.#items.push(item);
    if (this.#running) return;
    this.#running = true;
    void this.#run(this.#epoch);
  }

  async #run(epoch: number): Promise<void> {
    try {
      for (;;) {
        const piece = this.#take();
        if (piece === undefined) break;
        const batch = this.#batch;
        await this.#options.write(piece.bytes);
        if (epoch !== this.#epoch) return;
        if (batch === this.#batch) this.#advance(piece.pasted);
      }
      this.#running = false;
    } catch (error) {
      if (epoch !== this.#epoch) return;
      this.reset();
      this.#options.onError(toDrydockError(error));
    }
  }

  /** The next piece, copied together from as many items as fit, and how many of its bytes are of pastes. */
  #take(): { bytes: Uint8Array<ArrayBuffer>; pasted: number } | undefined {
    const waiting = this.#items.reduce((sum, item) => sum + item.bytes.byteLength - item.offset, 0);
    if (waiting === 0) return undefined;
    const bytes = new Uint8Array(Math.min(waiting, PIECE_BYTES));
    let filled = 0;
    let pasted = 0;
    for (const item of this.#items) {
      const part = item.bytes.subarray(item.offset, item.offset + bytes.byteLength - filled);
      bytes.set(part, filled);
      item.offset += part.byteLength;
      filled += part.byteLength;
      if (item.closing !== undefined) pasted += part.byteLength;
      if (filled === bytes.byteLength) break;
    }
    this.#items = this.#items.filter((item) => item.offset < item.bytes.byteLength);
    return { bytes, pasted };
  }

  #advance(pasted: number): void {
    if (this.#progress === undefined || pasted === 0) return;
    const { sent, total } = this.#progress;
    this.#setProgress(sent + pasted >= total ? undefined : { sent: sent + pasted, total });
  }

  #setProgress(progress: PasteProgress | undefined): void {
    if (progress === this.#progress) return;
    if (progress === undefined) this.#batch += 1;
    this.#progress = progress;
    this.#options.onProgress(progress);
  }
}
