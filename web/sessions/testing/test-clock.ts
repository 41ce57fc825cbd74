/** For tests: time that moves when it is told to, and calls what is due on its way. */
import type { PolicyClock } from "../save-policy";

export class TestClock implements PolicyClock {
  #now = 1_000_000;
  readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>();

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.#now + milliseconds, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      const next = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      // What it has begun comes to an end: promises alone.
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
    this.#now = end;
  }
}
