/** A request to the machine, over a message port of its own. */
import type {
  GuestAnswer,
  GuestAnswerControl,
  GuestFailure,
  GuestHead,
  GuestRequest,
} from "../../../contract/guest-request";

/** Hands a request and the port for its answer to the pane. */
export type SendRequest = (request: GuestRequest, answer: MessagePort) => void;

export interface Answer {
  readonly head: GuestHead;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
}

export class AskError extends Error {
  override readonly name = "AskError";
  readonly failure: GuestFailure;

  constructor(failure: GuestFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

/**
 * Resolves with the answer's head; the body comes as it is read.
 * @throws AskError, or the signal's reason
 */
export function ask(send: SendRequest, request: GuestRequest, signal?: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const { port1: port, port2 } = new MessageChannel();
    let controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;
    let queued = 0;
    const say = (control: GuestAnswerControl): void => port.postMessage(control);
    const end = (): void => {
      signal?.removeEventListener("abort", giveUp);
      port.close();
    };
    const fail = (error: unknown): void => {
      end();
      reject(error instanceof Error ? error : new Error(String(error)));
      controller?.error(error);
    };
    const giveUp = (): void => {
      say({ type: "cancel" });
      fail(signal?.reason);
    };
    const taken = (): void => {
      if (queued > 0) say({ type: "more", bytes: queued });
      queued = 0;
    };
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (its) => {
        controller = its;
      },
      pull: taken,
      cancel: () => {
        say({ type: "cancel" });
        end();
      },
    });
    port.onmessage = ({ data }: MessageEvent<GuestAnswer>) => {
      switch (data.type) {
        case "head":
          resolve({ head: data.head, body });
          return;
        case "bytes":
          queued += data.bytes.length;
          controller?.enqueue(data.bytes);
          if ((controller?.desiredSize ?? 0) > 0) taken();
          return;
        case "end":
          end();
          controller?.close();
          return;
        case "failed":
          fail(new AskError(data.failure, data.message));
      }
    };
    signal?.addEventListener("abort", giveUp);
    send(request, port2);
  });
}
