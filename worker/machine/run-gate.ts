/**
 * Runs and stops the processor for several parties at once: it runs while no party holds it.
 *
 * v86's `stop` never resolves when `run` is called before the processor stands still. So one switch is over before the
 * next begins, and what came in the meantime is looked at then.
 */

/** The parts of the emulator that the gate switches. */
export interface Processor {
  run(): Promise<void>;
  stop(): Promise<void>;
}

export interface RunGateOptions {
  readonly processor: Processor;
  /** Who holds it from the start. */
  readonly holder: string;
  /** Called whenever the processor goes on, with the milliseconds that it stood still. */
  readonly onRun: (stoodStillMs: number) => void;
  /** Called whenever the processor has come to a standstill. */
  readonly onStop?: () => void;
}

export class RunGate {
  readonly #options: RunGateOptions;
  readonly #holders: Set<string>;
  #running = false;
  #stoppedAt = Date.now();
  #switching = false;
  #settled: Promise<void> = Promise.resolve();

  constructor(options: RunGateOptions) {
    this.#options = options;
    this.#holders = new Set([options.holder]);
  }

  /** Resolves when the processor stands still, or when everybody has let go of it meanwhile. */
  hold(holder: string): Promise<void> {
    this.#holders.add(holder);
    return this.#settle();
  }

  /** Resolves when the processor runs, or when it is clear that somebody else holds it. */
  release(holder: string): Promise<void> {
    this.#holders.delete(holder);
    return this.#settle();
  }

  #settle(): Promise<void> {
    if (!this.#switching) this.#settled = this.#switch();
    return this.#settled;
  }

  async #switch(): Promise<void> {
    const { processor, onRun, onStop } = this.#options;
    this.#switching = true;
    try {
      for (let run = this.#mayRun(); run !== this.#running; run = this.#mayRun()) {
        if (run) {
          await processor.run();
          this.#running = true;
          onRun(Date.now() - this.#stoppedAt);
        } else {
          await processor.stop();
          this.#running = false;
          this.#stoppedAt = Date.now();
          onStop?.();
        }
      }
    } finally {
      // In the same turn as the last look: a call that comes next starts a switch of its own.
      this.#switching = false;
    }
  }

  #mayRun(): boolean {
    return this.#holders.size === 0;
  }
}
