/** A message's body off a connection: of a given length, in chunks, or up to the connection's end (RFC 9112 §6 and §7). */
import type { ByteReader } from "./byte-reader";
import { HttpError } from "./errors";
import { readFieldLines, type Framing } from "./head";

/** A chunk's size in hexadecimal digits (§7.1), its extensions passed over. */
const CHUNK_SIZE = /^([0-9A-Fa-f]{1,12})[ \t]*(?:;.*)?$/u;
const CHUNK_LINE_BYTES = 4096;
const TRAILER_BYTES = 64 * 1024;

export class MessageBody {
  readonly #reader: ByteReader;
  readonly #kind: Framing["kind"];
  /** Bytes that chunks may still announce. */
  #allowed: number;
  /** Left of the body, or of the chunk that is being read. */
  #left: number;
  #betweenChunks = false;
  #ended: boolean;

  /** @param most bytes that chunks may have together; a known length is checked before */
  constructor(reader: ByteReader, framing: Framing, most = Infinity) {
    this.#reader = reader;
    this.#kind = framing.kind;
    this.#allowed = most;
    this.#left = framing.kind === "length" ? framing.bytes : framing.kind === "until-close" ? Infinity : 0;
    this.#ended = framing.kind === "none";
  }

  /** The message's last byte has been read. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Bytes still to be read; Infinity while the length is unknown. */
  get left(): number {
    return this.#kind === "chunked" && !this.#ended ? Infinity : this.#left;
  }

  /**
   * The next piece, at most `most` bytes; undefined at the end. Trailers are read and dropped.
   * @throws HttpError `malformed`, `too-large`, `closed`, and the reader's own
   */
  async next(most = Infinity): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.#ended) return undefined;
    if (this.#kind === "chunked" && this.#left === 0 && !(await this.#beginChunk())) return undefined;
    const bytes = await this.#reader.some(Math.min(this.#left, most));
    if (bytes === undefined) {
      this.#ended = this.#kind === "until-close";
      if (this.#ended) return undefined;
      throw new HttpError("closed", `the connection ended ${this.#left} bytes before the body's end`);
    }
    this.#left -= bytes.length;
    this.#ended = this.#kind === "length" && this.#left === 0;
    return bytes;
  }

  /** False when it was the last one. */
  async #beginChunk(): Promise<boolean> {
    if (this.#betweenChunks && (await this.#line()) !== "")
      throw new HttpError("malformed", "a chunk is longer than its size");
    this.#betweenChunks = true;
    const line = await this.#line();
    const [, digits] = CHUNK_SIZE.exec(line) ?? [];
    if (digits === undefined)
      throw new HttpError("malformed", `not a chunk's size: ${JSON.stringify(line.slice(0, 80))}`);
    this.#left = Number.parseInt(digits, 16);
    this.#allowed -= this.#left;
    if (this.#allowed < 0) throw new HttpError("too-large", "the body is too large");
    if (this.#left > 0) return true;
    await readFieldLines(this.#reader, TRAILER_BYTES);
    this.#ended = true;
    return false;
  }

  #line(): Promise<string> {
    return this.#reader.line(CHUNK_LINE_BYTES, 400);
  }
}
