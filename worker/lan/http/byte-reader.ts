/** Lines and bytes out of a connection's stream, each by a time of the clock. */
import type { Clock } from "../clock";
import { concatBytes } from "../bytes";
import { HttpError } from "./message";

const LF = 10;
const CR = 13;

const latin1 = (bytes: Uint8Array): string => {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};

export class ByteReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #clock: Clock;
  #rest: Uint8Array = new Uint8Array();
  #ended = false;

  constructor(stream: ReadableStream<Uint8Array>, clock: Clock) {
    this.#reader = stream.getReader();
    this.#clock = clock;
  }

  /** Waits until something is there to read. False at the end of the stream, or when it is `until`. */
  async wait(until: number): Promise<boolean> {
    if (this.#rest.length > 0) return true;
    try {
      return await this.#fill(until);
    } catch (error) {
      if (error instanceof HttpError) return false;
      throw error;
    }
  }

  /** The next byte, after `wait` said that there is one. */
  peek(): number | undefined {
    return this.#rest[0];
  }

  /** The next bytes, at most `most` of them; undefined at the end. @throws HttpError 408 */
  async take(most: number, until: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.#rest.length === 0 && !(await this.#fill(until))) return undefined;
    const bytes = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(bytes.length);
    // The reader may transfer or keep what it gets, so it owns it whole.
    return this.#rest.length === 0 && bytes.length === bytes.buffer.byteLength
      ? (bytes as Uint8Array<ArrayBuffer>)
      : bytes.slice();
  }

  /**
   * A line without its end, as latin1. A bare LF ends one too (RFC 9112 section 2.2), as people at `nc` type it.
   * @throws HttpError 400 at the end of the stream, 408, and `tooLong` when there is no end within `limit` bytes
   */
  async line(limit: number, until: number, tooLong: () => HttpError): Promise<string> {
    const parts: Uint8Array[] = [];
    let length = 0;
    for (;;) {
      if (this.#rest.length === 0 && !(await this.#fill(until)))
        throw new HttpError(400, "the request broke off");
      const end = this.#rest.indexOf(LF);
      const part = this.#rest.subarray(0, end < 0 ? this.#rest.length : end);
      length += part.length;
      if (length > limit) throw tooLong();
      this.#rest = this.#rest.subarray(end < 0 ? part.length : end + 1);
      parts.push(part);
      if (end < 0) continue;
      const line = parts.length === 1 ? part : concatBytes(parts);
      return latin1(line.at(-1) === CR ? line.subarray(0, -1) : line);
    }
  }

  /** Takes no more: what still comes is dropped by the connection. */
  async cancel(): Promise<void> {
    this.#ended = true;
    await this.#reader.cancel();
  }

  async #fill(until: number): Promise<boolean> {
    if (this.#ended) return false;
    const next = await this.#within(this.#reader.read(), until);
    if (next.done) {
      this.#ended = true;
      return false;
    }
    this.#rest = next.value;
    return this.#rest.length > 0 || this.#fill(until);
  }

  /** A read that comes too late is never looked at: its connection is over. */
  #within<T>(reading: Promise<T>, until: number): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const stop = this.#clock.setTimer(Math.max(0, until - this.#clock.now()), () => {
        this.#ended = true;
        reject(new HttpError(408, "the request takes too long"));
      });
      reading.then(
        (value) => {
          stop();
          resolve(value);
        },
        (error: unknown) => {
          stop();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }
}
