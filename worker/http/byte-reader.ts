/** Lines and counted bytes out of a stream of chunks. */
import { HttpError } from "./errors";

const LF = 0x0a;
const CR = 0x0d;
const EMPTY = new Uint8Array(0);

export class ByteReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #rest: Uint8Array = EMPTY;

  constructor(readable: ReadableStream<Uint8Array>) {
    this.#reader = readable.getReader();
  }

  /** Bytes that have arrived and that nobody has taken yet. */
  get buffered(): number {
    return this.#rest.length;
  }

  /** What is there, at most `most` bytes of it; waits for some; undefined at the end of the stream. */
  async some(most = Infinity): Promise<Uint8Array | undefined> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#rest = value;
    }
    const taken = this.#rest.subarray(0, Math.min(most, this.#rest.length));
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  /**
   * A line without its end, one character a byte (ISO 8859-1). A single LF ends a line, too (RFC 9112 §2.2).
   * @throws HttpError `too-large` past `most` bytes, `closed` when the stream ends first
   */
  async line(most: number): Promise<string> {
    let line = "";
    for (;;) {
      const end = this.#rest.indexOf(LF);
      const taken = end < 0 ? this.#rest : this.#rest.subarray(0, end);
      if (line.length + taken.length > most)
        throw new HttpError("too-large", `a line of more than ${most} bytes`);
      line += latin1(taken);
      if (end >= 0) {
        this.#rest = this.#rest.subarray(end + 1);
        return line.charCodeAt(line.length - 1) === CR ? line.slice(0, -1) : line;
      }
      this.#rest = EMPTY;
      const { done, value } = await this.#reader.read();
      if (done) throw new HttpError("closed", "the connection ended in the middle of a line");
      this.#rest = value;
    }
  }

  /** Gives the stream up. Never rejects: a stream that has failed already is given up as well. */
  async cancel(reason?: unknown): Promise<void> {
    try {
      await this.#reader.cancel(reason);
    } catch {
      // It has failed before, which whoever read from it was told.
    }
  }
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
