/** A program that runs in the guest. */
import { DrydockError } from "../../contract/errors";
import type { Outbox } from "./outbox";
import { encodeResize, encodeSignal } from "./requests";
import { parseSignal, signalName } from "./signals";
import type { AgentStream } from "./stream";

/** How a program ended: by itself, or by a signal's name. */
export type ProcessExit = { readonly status: number } | { readonly signal: string };

/** As a shell says it: 128 + the signal's number for a program that was killed. */
export function exitStatus(exit: ProcessExit): number {
  return "status" in exit ? exit.status : 128 + parseSignal(exit.signal);
}

export class AgentProcess {
  /** The process id in the guest: it leads its session. */
  readonly pid: number;
  /** Errors with subject `EPIPE` once the program has closed its standard input. With `stdin: "none"`, at once. */
  readonly stdin: WritableStream<Uint8Array>;
  /** On a pty, all output. The program stands still when 256 KiB wait unread: read or cancel both. */
  readonly stdout: ReadableStream<Uint8Array>;
  /** Empty on a pty and with `mergeStderr`. */
  readonly stderr: ReadableStream<Uint8Array>;
  /** Resolves when the program ends, maybe before its output is read. Rejects with `agent` or `aborted`. */
  readonly exit: Promise<ProcessExit>;
  readonly #stream: AgentStream;
  readonly #outbox: Outbox;

  constructor(pid: number, stream: AgentStream, stderr: ReadableStream<Uint8Array>, outbox: Outbox) {
    this.pid = pid;
    this.stdin = stream.sender.writable;
    this.stdout = stream.readable(1);
    this.stderr = stderr;
    this.#stream = stream;
    this.#outbox = outbox;
    this.exit = stream.exit.then((end) => ("status" in end ? end : { signal: signalName(end.signal) }));
    // Awaiting `exit` gives the rejection; a caller that never awaits it must not end Node.
    this.exit.catch(() => undefined);
  }

  /** Tells a pty its new size in characters. */
  resize(columns: number, rows: number): void {
    if (!this.#stream.over) this.#outbox.post(encodeResize(this.#stream.id, { columns, rows }));
  }

  /** Sends a signal to every process of the program's session. Throws `bad-request` for an unknown name. */
  kill(signal = "SIGTERM"): void {
    const frame = encodeSignal(this.#stream.id, parseSignal(signal));
    if (!this.#stream.over) this.#outbox.post(frame);
  }

  /** Kills the session and drops what is unread: `exit` and the streams fail with `aborted` unless they are done. */
  close(): void {
    this.#stream.close(new DrydockError("aborted", "the program was closed"));
  }
}
