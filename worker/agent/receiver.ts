/** The host's end of a channel from the guest: a ReadableStream whose reading opens the agent's window again. */
import { DrydockError } from "../../contract/errors";
import type { Channel } from "./messages";
import type { Outbox } from "./outbox";
import { encodeStop, encodeWindow } from "./requests";

/** What the agent may send on a channel before the reader has taken any: the most that is held here. */
export const RECEIVE_WINDOW = 256 * 1024;
const CREDIT_STEP = RECEIVE_WINDOW / 4;

export class Receiver {
  readonly channel: Channel;
  readonly readable: ReadableStream<Uint8Array>;
  readonly #stream: number;
  readonly #outbox: Outbox;
  #queue: Uint8Array[] = [];
  /** Bytes that the agent may still send. */
  #window = RECEIVE_WINDOW;
  /** Bytes read here and not yet granted again. */
  #taken = 0;
  #state: "open" | "ended" | "stopped" | "failed" = "open";
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #wake: (() => void) | undefined;

  constructor(stream: number, channel: Channel, outbox: Outbox) {
    this.#stream = stream;
    this.channel = channel;
    this.#outbox = outbox;
    // Nothing is pulled before it is asked for: the queue here is the only one.
    this.readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#pull(),
        cancel: () => this.#stop(),
      },
      { highWaterMark: 0 },
    );
  }

  /** Takes bytes from the agent. Throws `agent` when it sends more than its window. */
  accept(bytes: Uint8Array): void {
    this.#window -= bytes.length;
    if (this.#window < 0) throw new DrydockError("agent", "the agent sent more than its window allows");
    if (this.#state === "stopped") {
      this.#credit(bytes.length); // still on its way when STOP was sent
      return;
    }
    if (this.#state !== "open" || bytes.length === 0) return;
    this.#queue.push(bytes);
    this.#wakeUp();
  }

  /** No more bytes come. Those that wait can still be read. */
  end(): void {
    if (this.#state !== "open") return;
    this.#state = "ended";
    if (this.#queue.length === 0) this.#controller?.close();
    this.#wakeUp();
  }

  /** What waits is dropped, unless the end has come already. */
  fail(reason: DrydockError): void {
    if (this.#state !== "open") return;
    this.#state = "failed";
    this.#queue = [];
    this.#controller?.error(reason);
    this.#wakeUp();
  }

  #wakeUp(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  async #pull(): Promise<void> {
    if (this.#queue.length === 0 && this.#state === "open")
      await new Promise<void>((resolve) => (this.#wake = resolve));
    const bytes = this.#queue.shift();
    if (bytes === undefined) return;
    this.#controller?.enqueue(bytes);
    if (this.#state === "open") this.#credit(bytes.length);
    else if (this.#queue.length === 0) this.#controller?.close();
  }

  #credit(bytes: number): void {
    this.#taken += bytes;
    if (this.#taken < CREDIT_STEP) return;
    this.#outbox.post(encodeWindow(this.#stream, this.channel, this.#taken));
    this.#window += this.#taken;
    this.#taken = 0;
  }

  #stop(): void {
    if (this.#state === "open") this.#outbox.post(encodeStop(this.#stream, this.channel));
    this.#state = "stopped";
    this.#queue = [];
    this.#wakeUp();
  }
}
