/** A request's body as a stream, in time and within its limits, and what is known of what nobody has read of it. */
import { MessageBody } from "../body";
import type { ByteReader } from "../byte-reader";
import type { Framing } from "../head";
import type { HttpLimits } from "./limits";

const PIECE_BYTES = 64 * 1024;

export interface RequestBodyOptions {
  readonly reader: ByteReader;
  readonly framing: Framing;
  readonly limits: HttpLimits;
  /** Called before the first byte is asked for: the moment to send "100 Continue". */
  readonly onFirstRead: () => Promise<void>;
}

export class RequestBody {
  readonly #options: RequestBodyOptions;
  readonly #body: MessageBody;
  #begun = false;
  #reading = false;
  #failed = false;
  #stream: ReadableStream<Uint8Array> | undefined;

  constructor(options: RequestBodyOptions) {
    this.#options = options;
    this.#body = new MessageBody(options.reader, options.framing, options.limits.bodyBytes);
  }

  /** Made when it is asked for; null for a request without a body. Fails with HttpError. */
  get stream(): ReadableStream<Uint8Array> | null {
    if (this.#options.framing.kind === "none") return null;
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
    return this.#body.ended;
  }

  /** Whether the unread rest is known to be small enough for `drain`. */
  get canDrain(): boolean {
    const idle = !this.#reading && !this.#failed;
    return idle && this.#body.left <= this.#options.limits.drainBytes;
  }

  /** Reads to the end. Only when `canDrain`. @throws HttpError */
  async drain(): Promise<void> {
    while ((await this.#next()) !== undefined);
  }

  async #next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.ended) return undefined;
    const { reader, limits, onFirstRead } = this.#options;
    this.#reading = true;
    try {
      if (!this.#begun) {
        this.#begun = true;
        await onFirstRead();
      }
      reader.within(limits.bodyMs);
      return await this.#body.next(PIECE_BYTES);
    } catch (error) {
      this.#failed = true;
      throw error;
    } finally {
      this.#reading = false;
    }
  }
}
