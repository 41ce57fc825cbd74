/** The host's end of a channel towards the guest: a WritableStream that sends what the agent's window allows. */
import { DrydockError } from "../../contract/errors";
import { encodeData, encodeEof } from "./requests";
import type { DataSource, Outbox } from "./outbox";

/** Small enough that eight streams share the channel smoothly. */
const MOST_DATA = 8192;

interface Write {
  bytes: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

export class Sender implements DataSource {
  readonly #stream: number;
  readonly #outbox: Outbox;
  #credit: number;
  #write: Write | undefined;
  #ended = false;
  #failure: DrydockError | undefined;
  #controller: WritableStreamDefaultController | undefined;
  readonly writable: WritableStream<Uint8Array>;

  /** `credit` is the window that the agent's HELLO gave, in bytes. */
  constructor(stream: number, credit: number, outbox: Outbox) {
    this.#stream = stream;
    this.#credit = credit;
    this.#outbox = outbox;
    this.writable = new WritableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
        // `abort` below waits for the write under way, which may wait for a window that never opens.
        controller.signal.addEventListener("abort", () => this.#dropWrite(), { once: true });
      },
      write: (bytes) => this.#send(bytes),
      close: () => this.#end(),
      abort: () => this.#end(),
    });
  }

  /** More may be sent. */
  grant(bytes: number): void {
    this.#credit += bytes;
    if (this.#write) this.#outbox.announce(this);
  }

  /** Nothing more can be sent: a write under way and every later one is rejected. */
  fail(reason: DrydockError): void {
    if (this.#failure) return;
    this.#failure = reason;
    this.#write?.reject(reason);
    this.#write = undefined;
    this.#controller?.error(reason);
  }

  /** No error: the other side has simply ended. A stream that is still open for writing errors. */
  finish(): void {
    if (!this.#ended) this.fail(new DrydockError("agent", "the other side is closed", { subject: "EPIPE" }));
  }

  takeFrame(): Uint8Array | undefined {
    const write = this.#write;
    if (!write || this.#credit === 0) return undefined;
    const { frame, taken } = encodeData(this.#stream, write.bytes, Math.min(MOST_DATA, this.#credit));
    this.#credit -= taken;
    write.bytes = write.bytes.subarray(taken);
    if (write.bytes.length === 0) {
      this.#write = undefined;
      write.resolve();
    }
    return frame;
  }

  #send(bytes: Uint8Array): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (bytes.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#write = { bytes, resolve, reject };
      this.#outbox.announce(this);
    });
  }

  #dropWrite(): void {
    this.#write?.reject(new DrydockError("aborted", "the writing was aborted"));
    this.#write = undefined;
  }

  #end(): void {
    this.#ended = true;
    if (!this.#failure) this.#outbox.post(encodeEof(this.#stream));
  }
}
