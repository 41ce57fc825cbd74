import type { Clock } from "./clock";

interface Waiting {
  readonly due: number;
  readonly fn: () => void;
  cancel: (() => void) | undefined;
}

/**
 * A clock that stands still while the machine does. The guest's own timers stop with its processor; ours must too, or
 * an hour's pause would count as an hour of silence and end every connection.
 */
export class PausableClock implements Clock {
  readonly #clock: Clock;
  readonly #waiting = new Set<Waiting>();
  /** How much later the other clock is than this one. */
  #behind = 0;
  #pausedAt: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return (this.#pausedAt ?? this.#clock.now()) - this.#behind;
  }

  setTimer(ms: number, fn: () => void): () => void {
    const waiting: Waiting = { due: this.now() + ms, fn, cancel: undefined };
    this.#waiting.add(waiting);
    if (this.#pausedAt === undefined) this.#start(waiting);
    return () => {
      this.#waiting.delete(waiting);
      waiting.cancel?.();
    };
  }

  defer(fn: () => void): void {
    this.#clock.defer(fn);
  }

  /** Stops time. Twice is as good as once. */
  pause(): void {
    if (this.#pausedAt !== undefined) return;
    this.#pausedAt = this.#clock.now();
    for (const waiting of this.#waiting) waiting.cancel?.();
  }

  /** Time goes on from where it was stopped. */
  resume(): void {
    if (this.#pausedAt === undefined) return;
    this.#behind += this.#clock.now() - this.#pausedAt;
    this.#pausedAt = undefined;
    for (const waiting of this.#waiting) this.#start(waiting);
  }

  #start(waiting: Waiting): void {
    waiting.cancel = this.#clock.setTimer(Math.max(0, waiting.due - this.now()), () => {
      this.#waiting.delete(waiting);
      waiting.fn();
    });
  }
}
