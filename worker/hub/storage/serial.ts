import type { Exclusive } from "./store";

/** Runs tasks one after another, in the order of the calls. A task that fails fails alone. */
export class Serial implements Exclusive {
  #tail: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}
