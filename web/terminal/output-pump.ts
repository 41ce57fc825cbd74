/**
 * Console output on its way into a terminal. It goes in pieces that are short enough to parse between two frames, and
 * what the terminal has taken is reported back, so that the guest is held when the page cannot keep up.
 */
export interface OutputSink {
  /** Parses `bytes` sooner or later, in order, and calls `done` when it has. */
  write(bytes: Uint8Array, done: () => void): void;
}

/** xterm.js parses one piece without a pause: this many bytes take a few milliseconds on a phone. */
export const OUTPUT_PIECE_BYTES = 16 * 1024;
/** One report for this many bytes, or when nothing is left: a report is a message to the worker. */
export const REPORT_BYTES = 64 * 1024;

export class OutputPump {
  readonly #sink: OutputSink;
  readonly #report: (bytes: number) => void;
  #outstanding = 0;
  #unreported = 0;
  /** Counts the resets: bytes of the machine before are not reported to the one after. */
  #epoch = 0;

  constructor(sink: OutputSink, report: (bytes: number) => void) {
    this.#sink = sink;
    this.#report = report;
  }

  push(bytes: Uint8Array): void {
    const epoch = this.#epoch;
    for (let start = 0; start < bytes.byteLength; start += OUTPUT_PIECE_BYTES) {
      const piece = bytes.subarray(start, start + OUTPUT_PIECE_BYTES);
      this.#outstanding += piece.byteLength;
      this.#sink.write(piece, () => {
        if (epoch === this.#epoch) this.#taken(piece.byteLength);
      });
    }
  }

  /** Forgets what is under way. */
  reset(): void {
    this.#epoch += 1;
    this.#outstanding = 0;
    this.#unreported = 0;
  }

  #taken(bytes: number): void {
    this.#outstanding -= bytes;
    this.#unreported += bytes;
    if (this.#outstanding > 0 && this.#unreported < REPORT_BYTES) return;
    const report = this.#unreported;
    this.#unreported = 0;
    this.#report(report);
  }
}
