/** Time as the LAN sees it. It comes in from outside so that tests run in virtual time. */
export interface Clock {
  /**
   * Milliseconds that never go back. A clock that stands still while the machine is paused keeps connections alive
   * over the pause.
   */
  now(): number;

  /** Calls `fn` once, `ms` milliseconds from now; the answer cancels it. */
  setTimer(ms: number, fn: () => void): () => void;

  /**
   * Calls `fn` soon, when what runs now has returned: after the burst of frames that the guest is sending. One answer
   * to a burst, instead of one to a frame, is what makes acknowledgements cheap.
   */
  defer(fn: () => void): void;
}

/** Real time, in a worker and in Node. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimer: (ms, fn) => {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
  defer: (fn) => queueMicrotask(fn),
};

/**
 * A timer that is moved far more often than it fires, as every acknowledgement moves the retransmission timer:
 * moving it later, or switching it off, only notes the time; the one timer below looks again when it fires.
 */
export class LazyTimer {
  readonly #clock: Clock;
  readonly #fire: () => void;
  #deadline = Infinity;
  #wakeAt = Infinity;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, fire: () => void) {
    this.#clock = clock;
    this.#fire = fire;
  }

  get armed(): boolean {
    return this.#deadline !== Infinity;
  }

  /** Fires `ms` milliseconds from now, instead of whenever it would have. */
  arm(ms: number): void {
    this.#deadline = this.#clock.now() + ms;
    if (this.#wakeAt > this.#deadline) this.#sleep(ms);
  }

  disarm(): void {
    this.#deadline = Infinity;
  }

  /** Disarms for good and leaves no timer behind. */
  stop(): void {
    this.disarm();
    this.#cancel?.();
    this.#cancel = undefined;
    this.#wakeAt = Infinity;
  }

  #sleep(ms: number): void {
    this.#cancel?.();
    this.#wakeAt = this.#clock.now() + ms;
    this.#cancel = this.#clock.setTimer(ms, () => this.#wake());
  }

  #wake(): void {
    this.#cancel = undefined;
    this.#wakeAt = Infinity;
    if (this.#deadline === Infinity) return;
    const left = this.#deadline - this.#clock.now();
    // Real timers may fire a fraction of a millisecond early.
    if (left >= 1) {
      this.#sleep(left);
      return;
    }
    this.#deadline = Infinity;
    this.#fire();
  }
}
