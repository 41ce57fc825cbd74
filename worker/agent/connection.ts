/** A connection into the guest. */
import { DrydockError } from "../../contract/errors";
import type { AgentStream } from "./stream";

export class AgentConnection {
  readonly readable: ReadableStream<Uint8Array>;
  /** Closing it is a half close: the other side reads the end, and can still answer. */
  readonly writable: WritableStream<Uint8Array>;
  readonly #stream: AgentStream;

  constructor(stream: AgentStream) {
    this.readable = stream.readable(0);
    this.writable = stream.sender.writable;
    this.#stream = stream;
  }

  /** Closes both ways at once and drops what is unread. */
  close(): void {
    this.#stream.close(new DrydockError("aborted", "the connection was closed"));
  }
}
