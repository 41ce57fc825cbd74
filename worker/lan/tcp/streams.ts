import { type Endpoint, formatIpv4 } from "../address";
import { LanError } from "../errors";
import type { TcpConnection } from "./connection";

/** A TCP connection, as its user sees it. */
export interface Connection {
  /** Our end. */
  readonly local: Endpoint;
  /** The guest's end. */
  readonly remote: Endpoint;
  /**
   * What the peer sends. Nothing is read ahead: unread bytes stay in the receive window, so that a slow reader slows
   * the peer down. Ends at the peer's FIN; fails with a `LanError`. To cancel it means to drop what still comes.
   * Each chunk's buffer belongs to the reader.
   */
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  /**
   * What we send. A write waits while `sendBytes` are unacknowledged; chunks are not copied and must not change after.
   * `close()` sends FIN and is done when the peer has everything; the other direction stays open. To abort it resets
   * the connection.
   */
  readonly writable: WritableStream<Uint8Array>;
  /** Settles when both directions are over: undefined for a good end, else what went wrong. Never rejects. */
  readonly closed: Promise<LanError | undefined>;
  /** Ends the connection at once by RST; both streams fail with `aborted`. */
  abort(): void;
}

/** Waits of the writer: for room, or for the end to be delivered. */
interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: LanError) => void;
}

/** Puts web streams on a connection, and takes over its events. */
export function openStreams(tcp: TcpConnection): Connection {
  const { address } = tcp;
  let finishReading: (() => void) | undefined;
  let pulled: (() => void) | undefined;
  let pendingError: LanError | undefined;
  let writer: Waiter | undefined;
  let readController: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  let writeController: WritableStreamDefaultController;
  let aborting = false;
  let settle: (error: LanError | undefined) => void;
  const closed = new Promise<LanError | undefined>((resolve) => (settle = resolve));

  /** Hands over a chunk; true when there was one or there will be none. */
  const feed = (): boolean => {
    const chunk = tcp.take();
    if (chunk !== undefined) readController.enqueue(chunk);
    if (tcp.readableBytes > 0) return true;
    if (tcp.receivedAll) finishReading?.();
    else if (pendingError !== undefined) readController.error(pendingError);
    else return chunk !== undefined;
    return true;
  };

  const readable = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(controller) {
        readController = controller;
        finishReading = () => {
          finishReading = undefined;
          controller.close();
        };
      },
      pull() {
        if (feed()) return undefined;
        return new Promise<void>((resolve) => (pulled = resolve));
      },
      cancel() {
        finishReading = undefined;
        tcp.discard();
      },
    },
    { highWaterMark: 0 },
  );

  const abort = (): void => {
    finishReading = undefined;
    tcp.abort(abortError());
    // After a good end of both directions nothing else would tell the reader.
    readController.error(abortError());
  };

  const wait = (): Promise<void> => new Promise((resolve, reject) => (writer = { resolve, reject }));
  const endWait = (error: LanError | undefined): void => {
    const waiter = writer;
    writer = undefined;
    if (error === undefined) waiter?.resolve();
    else waiter?.reject(error);
  };

  const writable = new WritableStream<Uint8Array>({
    start(controller) {
      writeController = controller;
      // The sink's own `abort` waits for a write that may wait forever: the signal does not.
      controller.signal.addEventListener("abort", () => {
        // The stream fails by itself then; to be told so from within confuses Node 20.
        aborting = true;
        abort();
      });
    },
    write(chunk) {
      if (!(chunk instanceof Uint8Array)) {
        abort();
        throw new TypeError("a connection takes Uint8Array chunks");
      }
      return tcp.write(chunk) ? undefined : wait();
    },
    close() {
      tcp.end();
      return wait();
    },
  });

  tcp.events = {
    established: () => undefined,
    readable() {
      // Without a reader waiting, only the end is worth telling.
      if (pulled === undefined) {
        if (tcp.receivedAll && tcp.readableBytes === 0) finishReading?.();
      } else if (feed()) {
        pulled();
        pulled = undefined;
      }
    },
    writable: () => {
      // The wait of `close` ends with `delivered`.
      if (!tcp.ending) endWait(undefined);
    },
    delivered: () => endWait(undefined),
    closed(error) {
      if (error !== undefined) {
        if (!aborting) writeController.error(error);
        endWait(error);
        if (tcp.readableBytes > 0 && !tcp.receivedAll) pendingError = error;
        else if (!tcp.receivedAll) readController.error(error);
        pulled?.();
        pulled = undefined;
      }
      settle(error);
    },
  };

  return {
    local: { address: formatIpv4(address.localAddress), port: address.localPort },
    remote: { address: formatIpv4(address.remoteAddress), port: address.remotePort },
    readable,
    writable,
    closed,
    abort,
  };
}

function abortError(): LanError {
  return new LanError("aborted", "the connection was aborted");
}
