import type { Clock } from "../clock";

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly fn: () => void;
  cancelled: boolean;
}

/**
 * A clock whose time passes as fast as the work in it is done. `settle` must let every promise reaction run that is
 * due; in Node: `() => new Promise((resolve) => setImmediate(resolve))`.
 */
export class VirtualClock implements Clock {
  readonly #settle: () => Promise<void>;
  /** A binary heap, the earliest first. */
  readonly #heap: Timer[] = [];
  readonly #deferred: (() => void)[] = [];
  #now = 0;
  #order = 0;
  #pending = 0;

  constructor(settle: () => Promise<void>) {
    this.#settle = settle;
  }

  /** Timers that are set and neither fired nor cancelled. */
  get timers(): number {
    return this.#pending;
  }

  now(): number {
    return this.#now;
  }

  setTimer(ms: number, fn: () => void): () => void {
    const timer: Timer = { at: this.#now + Math.max(0, ms), order: this.#order, fn, cancelled: false };
    this.#order += 1;
    this.#pending += 1;
    this.#push(timer);
    return () => {
      if (!timer.cancelled) this.#pending -= 1;
      timer.cancelled = true;
    };
  }

  defer(fn: () => void): void {
    this.#deferred.push(fn);
  }

  /** Lets `ms` milliseconds pass. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.#runUntil(() => false, end);
    this.#now = end;
  }

  /** Lets time pass until `done` says so; throws after `limitMs` milliseconds of virtual time, or when nothing is left that could happen. */
  async until(done: () => boolean, limitMs: number): Promise<void> {
    if (await this.#runUntil(done, this.#now + limitMs)) return;
    throw new Error(
      `not done after ${limitMs} ms of virtual time (now ${this.#now}, ${this.#pending} timers)`,
    );
  }

  /** Waits for a promise while time passes. Throws as `until` does. */
  async wait<T>(promise: Promise<T>, limitMs: number): Promise<T> {
    let settled = false;
    const mark = (): void => {
      settled = true;
    };
    promise.then(mark, mark);
    await this.until(() => settled, limitMs);
    return promise;
  }

  async #runUntil(done: () => boolean, end: number): Promise<boolean> {
    for (;;) {
      do {
        for (const fn of this.#deferred.splice(0)) fn();
        await this.#settle();
      } while (this.#deferred.length > 0);
      if (done()) return true;
      const next = this.#peek();
      if (next === undefined || next.at > end) return false;
      this.#now = Math.max(this.#now, next.at);
      for (let timer = this.#peek(); timer !== undefined && timer.at <= this.#now; timer = this.#peek()) {
        this.#pop();
        timer.cancelled = true;
        this.#pending -= 1;
        timer.fn();
      }
    }
  }

  /** The earliest timer that was not cancelled. */
  #peek(): Timer | undefined {
    while (this.#heap[0]?.cancelled === true) this.#pop();
    return this.#heap[0];
  }

  #push(timer: Timer): void {
    let index = this.#heap.push(timer) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfEarlier(index, parent)) return;
      index = parent;
    }
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    let index = 0;
    for (;;) {
      const left = index * 2 + 1;
      const right = left + 1;
      const child = this.#earlier(right, left) ? right : left;
      if (child >= this.#heap.length || !this.#swapIfEarlier(child, index)) return;
      index = child;
    }
  }

  #earlier(a: number, b: number): boolean {
    const one = this.#heap[a];
    const two = this.#heap[b];
    if (one === undefined) return false;
    if (two === undefined) return true;
    return one.at < two.at || (one.at === two.at && one.order < two.order);
  }

  #swapIfEarlier(a: number, b: number): boolean {
    const one = this.#heap[a];
    const two = this.#heap[b];
    if (one === undefined || two === undefined || !this.#earlier(a, b)) return false;
    this.#heap[a] = two;
    this.#heap[b] = one;
    return true;
  }
}
