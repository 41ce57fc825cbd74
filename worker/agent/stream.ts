/** One stream of the agent's: a program or a connection, from its opening frame to CLOSED. */
import { DrydockError } from "../../contract/errors";
import type { AgentMessage, Channel } from "./messages";
import type { Outbox } from "./outbox";
import { Receiver } from "./receiver";
import { encodeClose } from "./requests";
import { Sender } from "./sender";

export type ProcessEnd = { readonly status: number } | { readonly signal: number };

export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

export function defer<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // Awaiting it gives the rejection; Node must not end when nothing awaits it.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

export interface StreamOptions {
  readonly id: number;
  /** What was asked for, for messages: `connect /run/x.sock`. */
  readonly what: string;
  readonly outbox: Outbox;
  /** The agent's window for each stream, in bytes. */
  readonly credit: number;
  /** The channels that come from the guest. */
  readonly channels: readonly Channel[];
  /** Called once, when the stream is over on this side. */
  readonly onOver: () => void;
}

export class AgentStream {
  readonly id: number;
  readonly sender: Sender;
  /** Resolves with the process id (0 of a connection). */
  readonly #opened = defer<number>();
  readonly #exit = defer<ProcessEnd>();
  readonly #options: StreamOptions;
  readonly #receivers: readonly Receiver[];
  #over = false;

  constructor(options: StreamOptions) {
    this.id = options.id;
    this.#options = options;
    this.sender = new Sender(options.id, options.credit, options.outbox);
    this.#receivers = options.channels.map((channel) => new Receiver(options.id, channel, options.outbox));
  }

  get opened(): Promise<number> {
    return this.#opened.promise;
  }

  get exit(): Promise<ProcessEnd> {
    return this.#exit.promise;
  }

  get over(): boolean {
    return this.#over;
  }

  readable(channel: Channel): ReadableStream<Uint8Array> {
    return this.#receiver(channel).readable;
  }

  /** Takes one of the agent's frames for this stream. Throws `agent` when it makes no sense here. */
  receive(message: Exclude<AgentMessage, { kind: "hello" | "ready" | "clock" }>): void {
    switch (message.kind) {
      case "opened":
        this.#opened.resolve(message.pid);
        break;
      case "exit":
        this.#exit.resolve(
          message.status === undefined ? { signal: message.signal ?? 0 } : { status: message.status },
        );
        break;
      case "data":
        this.#receiver(message.channel).accept(message.bytes);
        break;
      case "eof":
        this.#receiver(message.channel).end();
        break;
      case "window":
        this.sender.grant(message.bytes);
        break;
      case "stop":
        this.sender.finish();
        break;
      case "closed":
        this.#onClosed(message.errno, message.text);
        break;
      case "error":
        this.close(this.#failure(message.errno, message.text));
        break;
    }
  }

  /** Ends the stream here and in the guest, where its processes are killed. Everything pending gets the reason. */
  close(reason: DrydockError): void {
    if (this.#over) return;
    this.#options.outbox.post(encodeClose(this.id));
    this.fail(reason);
  }

  /** Ends the stream on this side only. */
  fail(reason: DrydockError): void {
    if (this.#over) return;
    this.sender.fail(reason);
    for (const receiver of this.#receivers) receiver.fail(reason);
    this.#settle(reason);
  }

  #onClosed(errno: string, text: string): void {
    if (errno !== "") {
      this.fail(this.#failure(errno, text));
      return;
    }
    this.sender.finish();
    for (const receiver of this.#receivers) receiver.end();
    this.#settle(new DrydockError("agent", `${this.#options.what}: the agent closed the stream`));
  }

  #settle(reason: DrydockError): void {
    this.#over = true;
    this.#opened.reject(reason);
    this.#exit.reject(reason);
    this.#options.onOver();
  }

  #failure(errno: string, text: string): DrydockError {
    return new DrydockError("agent", `${this.#options.what}: ${errno} (${text})`, { subject: errno });
  }

  #receiver(channel: Channel): Receiver {
    const receiver = this.#receivers.find((candidate) => candidate.channel === channel);
    if (!receiver)
      throw new DrydockError("agent", `the agent sent on channel ${channel} of ${this.#options.what}`);
    return receiver;
  }
}
