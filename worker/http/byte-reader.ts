/** Lines and counted bytes out of a stream of chunks; in time, where there is a clock. */
import { messageOf } from "../../contract/errors";
import { HttpError } from "./errors";
import { latin1Text } from "./latin1";

const LF = 0x0a;
const CR = 0x0d;

/** Milliseconds that never go back, and timers by them. The LAN's clock is one. */
export interface Clock {
  now(): number;
  /** Calls `fn` once, `ms` milliseconds from now; the answer cancels it. */
  setTimer(ms: number, fn: () => void): () => void;
}

/**
 * Every method but `cancel` throws HttpError: `lost` when the stream fails, `too-slow` when what it waits for does not
 * come in time.
 */
export class ByteReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #clock: Clock | undefined;
  #deadline = Infinity;
  #rest = new Uint8Array();
  #ended = false;

  constructor(readable: ReadableStream<Uint8Array>, clock?: Clock) {
    this.#reader = readable.getReader();
    this.#clock = clock;
  }

  /** Bytes that have arrived and were not taken yet. */
  get buffered(): number {
    return this.#rest.length;
  }

  /** What is read from now on must come within so many milliseconds of now. Without a clock it may take forever. */
  within(ms: number): void {
    this.#deadline = (this.#clock?.now() ?? Infinity) + ms;
  }

  /** Waits until something is there to read. False at the end of the stream, or when the time is over. */
  async wait(): Promise<boolean> {
    try {
      return await this.#fill();
    } catch (error) {
      if (error instanceof HttpError && error.code === "too-slow") return false;
      throw error;
    }
  }

  /** The next byte, after `wait` said that there is one. */
  peek(): number | undefined {
    return this.#rest[0];
  }

  /** What is there, at most `most` bytes of it; waits for some; undefined at the end. The buffer is the caller's own. */
  async some(most = Infinity): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (!(await this.#fill())) return undefined;
    const taken = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(taken.length);
    return taken.length === taken.buffer.byteLength ? taken : taken.slice();
  }

  /**
   * A line without its end, one character a byte. A single LF ends a line, too (RFC 9112 §2.2).
   * @param status what a server answers to a line of more than `most` bytes
   * @throws HttpError `too-large` past `most` bytes, `closed` when the stream ends first
   */
  async line(most: number, status?: number): Promise<string> {
    let line = "";
    for (;;) {
      if (!(await this.#fill()))
        throw new HttpError("closed", "the connection ended in the middle of a line");
      const end = this.#rest.indexOf(LF);
      const taken = end < 0 ? this.#rest : this.#rest.subarray(0, end);
      if (line.length + taken.length > most)
        throw new HttpError("too-large", `a line of more than ${most} bytes`, { status });
      line += latin1Text(taken);
      this.#rest = this.#rest.subarray(taken.length + (end < 0 ? 0 : 1));
      if (end >= 0) return line.charCodeAt(line.length - 1) === CR ? line.slice(0, -1) : line;
    }
  }

  /** Gives the stream up. Never rejects: a stream that has failed already is given up as well. */
  async cancel(reason?: unknown): Promise<void> {
    this.#ended = true;
    try {
      await this.#reader.cancel(reason);
    } catch {
      // It has failed before, and its reader was told.
    }
  }

  /** False at the end of the stream. */
  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      if (this.#ended) return false;
      const { done, value } = await this.#inTime(this.#reader.read());
      if (done) this.#ended = true;
      else this.#rest = value as Uint8Array<ArrayBuffer>;
    }
    return true;
  }

  /** A read that comes too late is never looked at: its connection is over. */
  #inTime<T>(reading: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const tooLate = (): void => {
        this.#ended = true;
        reject(new HttpError("too-slow", "what had to follow did not come in time"));
      };
      const clock = this.#deadline === Infinity ? undefined : this.#clock;
      const stop = clock?.setTimer(Math.max(0, this.#deadline - clock.now()), tooLate);
      reading.then(
        (value) => {
          stop?.();
          resolve(value);
        },
        (cause: unknown) => {
          stop?.();
          reject(new HttpError("lost", messageOf(cause), { cause }));
        },
      );
    });
  }
}
