/**
 * One of the guest's virtio consoles. v86 drops input for which the guest has no buffer and cuts it at 4 KiB: here
 * it goes in pieces of at most 1 KiB, each when the guest can take it, in the order of the calls.
 */
import { DrydockError } from "../../contract/errors";

/** Bytes in one piece of input: well below the guest's buffer, so that a line discipline keeps up. */
const PIECE_BYTES = 1024;
/** Milliseconds between two looks at a guest that has no buffer. v86 does not say when one is free again. */
const POLL_MS = 2;
/** Bytes that may wait to be typed: more is a caller that does not wait for its promise. */
const MAX_QUEUED_BYTES = 8 * 1024 * 1024;

/** The parts of the emulator that a console needs. */
export interface ConsoleHardware {
  canTakeConsoleInput(port: number): boolean;
  sendConsoleInput(port: number, bytes: Uint8Array): void;
  onConsoleOutput(port: number, listener: (bytes: Uint8Array<ArrayBuffer>) => void): void;
  resizeConsole(port: number, columns: number, rows: number): void;
}

interface QueuedInput {
  readonly bytes: Uint8Array;
  offset: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class ConsolePort {
  readonly #hardware: ConsoleHardware;
  readonly #port: number;
  readonly #queue: QueuedInput[] = [];
  #queuedBytes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed: DrydockError | undefined;

  constructor(hardware: ConsoleHardware, port: number) {
    this.#hardware = hardware;
    this.#port = port;
  }

  onBytes(listener: (bytes: Uint8Array<ArrayBuffer>) => void): void {
    this.#hardware.onConsoleOutput(this.#port, listener);
  }

  /**
   * Types `bytes`; resolves when the guest has taken them all. The bytes are not copied: leave them alone until then.
   * @throws DrydockError `bad-request` when too much is waiting, or what `close` was given
   */
  write(bytes: Uint8Array): Promise<void> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    if (bytes.byteLength === 0) return Promise.resolve();
    if (this.#queuedBytes + bytes.byteLength > MAX_QUEUED_BYTES) {
      return Promise.reject(new DrydockError("bad-request", "too much console input is waiting"));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ bytes, offset: 0, resolve, reject });
      this.#queuedBytes += bytes.byteLength;
      if (this.#timer === undefined) this.#pump();
    });
  }

  resize(columns: number, rows: number): void {
    this.#hardware.resizeConsole(this.#port, columns, rows);
  }

  /** Rejects everything that still waits. */
  close(reason: DrydockError): void {
    this.#closed = reason;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const input of this.#queue.splice(0)) input.reject(reason);
    this.#queuedBytes = 0;
  }

  #pump(): void {
    this.#timer = undefined;
    for (let input = this.#queue[0]; input !== undefined; input = this.#queue[0]) {
      if (!this.#hardware.canTakeConsoleInput(this.#port)) {
        this.#timer = setTimeout(() => this.#pump(), POLL_MS);
        return;
      }
      const piece = input.bytes.subarray(input.offset, input.offset + PIECE_BYTES);
      this.#hardware.sendConsoleInput(this.#port, piece);
      input.offset += piece.byteLength;
      this.#queuedBytes -= piece.byteLength;
      if (input.offset === input.bytes.byteLength) {
        this.#queue.shift();
        input.resolve();
      }
    }
  }
}
