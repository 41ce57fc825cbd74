/** A request's body as a stream: of a given length or in chunks (RFC 9112 sections 6 and 7.1). */
import type { Clock } from "../clock";
import type { ByteReader } from "./byte-reader";
import type { BodyLength } from "./head";
import { HttpError, type HttpLimits } from "./message";

/** A chunk's size in hex with its extensions, or a trailer field. */
const LINE_BYTES = 4096;
const TRAILER_FIELDS = 100;
const PIECE_BYTES = 64 * 1024;

export interface RequestBodyOptions {
  readonly reader: ByteReader;
  readonly length: BodyLength;
  readonly limits: HttpLimits;
  readonly clock: Clock;
  /** Called before the first byte is asked for: the moment to send "100 Continue". */
  readonly onFirstRead: () => Promise<void>;
}

export class RequestBody {
  readonly #options: RequestBodyOptions;
  /** Left of the body, or of the chunk that is being read. */
  #left: number;
  #taken = 0;
  #chunked: boolean;
  #begun = false;
  #ended: boolean;
  #reading = false;
  #failed = false;
  #stream: ReadableStream<Uint8Array> | undefined;

  constructor(options: RequestBodyOptions) {
    const { length } = options;
    this.#options = options;
    this.#left = length.kind === "fixed" ? length.bytes : 0;
    this.#chunked = length.kind === "chunked";
    this.#ended = length.kind === "none";
  }

  /** Made when it is asked for; null for a request without a body. Fails as the connection or the form fails. */
  get stream(): ReadableStream<Uint8Array> | null {
    if (this.#options.length.kind === "none") return null;
    this.#stream ??= new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const bytes = await this.#next();
          if (bytes === undefined) controller.close();
          else controller.enqueue(bytes);
        },
      },
      { highWaterMark: 0 },
    );
    return this.#stream;
  }

  get begun(): boolean {
    return this.#begun;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Whether what nobody has read is known to be little enough to be taken in by `drain`. */
  get canDrain(): boolean {
    const idle = !this.#reading && !this.#failed;
    return idle && !this.#chunked && this.#left <= this.#options.limits.drainBytes;
  }

  /** Reads to the end. Only when `canDrain`. @throws HttpError */
  async drain(): Promise<void> {
    while ((await this.#next()) !== undefined);
  }

  async #next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.#ended) return undefined;
    this.#reading = true;
    try {
      return await this.#read();
    } catch (error) {
      this.#failed = true;
      throw error;
    } finally {
      this.#reading = false;
    }
  }

  async #read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const { reader, limits, clock, onFirstRead } = this.#options;
    if (!this.#begun) {
      this.#begun = true;
      await onFirstRead();
    }
    if (this.#chunked && this.#left === 0 && !(await this.#beginChunk())) return undefined;
    const until = clock.now() + limits.bodyMs;
    const bytes = await reader.take(Math.min(this.#left, PIECE_BYTES), until);
    if (bytes === undefined) throw new HttpError(400, "the body broke off");
    this.#left -= bytes.length;
    if (this.#left === 0) {
      if (this.#chunked) await this.#endChunk();
      else this.#ended = true;
    }
    return bytes;
  }

  /** False when it was the last one. */
  async #beginChunk(): Promise<boolean> {
    const line = await this.#line();
    const size = /^([0-9a-f]{1,12})[ \t]*(?:;.*)?$/i.exec(line)?.[1];
    if (size === undefined) throw new HttpError(400, "malformed chunk size");
    this.#left = Number.parseInt(size, 16);
    this.#taken += this.#left;
    if (this.#taken > this.#options.limits.bodyBytes) throw new HttpError(413, "the body is too large");
    if (this.#left > 0) return true;
    for (let fields = 0; (await this.#line()) !== ""; fields += 1) {
      if (fields >= TRAILER_FIELDS) throw new HttpError(400, "too many trailer fields");
    }
    this.#ended = true;
    return false;
  }

  async #endChunk(): Promise<void> {
    if ((await this.#line()) !== "") throw new HttpError(400, "a chunk is longer than its size");
  }

  #line(): Promise<string> {
    const { reader, limits, clock } = this.#options;
    const tooLong = (): HttpError => new HttpError(400, "a line of a chunked body is too long");
    return reader.line(LINE_BYTES, clock.now() + limits.bodyMs, tooLong);
  }
}
