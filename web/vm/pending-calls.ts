/** Calls that wait for the worker. When the worker dies, comlink never ends them; this does. */
import { toDrydockError, type DrydockError } from "../../contract/errors";

export class PendingCalls {
  readonly #rejects = new Set<(error: DrydockError) => void>();
  #failure: DrydockError | undefined;

  /** How many calls have no answer yet. */
  get size(): number {
    return this.#rejects.size;
  }

  /** Runs `call` and settles as it does, or rejects with the error given to `fail`, whichever comes first. */
  run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise<T>((resolve, reject) => {
      this.#rejects.add(reject);
      const settle = (): boolean => this.#rejects.delete(reject);
      call().then(
        (value) => {
          settle();
          resolve(value);
        },
        (error: unknown) => {
          settle();
          reject(toDrydockError(error));
        },
      );
    });
  }

  /** Rejects every call that waits, and every later one at once. The first failure stays. */
  fail(error: DrydockError): void {
    this.#failure ??= error;
    const rejects = [...this.#rejects];
    this.#rejects.clear();
    for (const reject of rejects) reject(this.#failure);
  }
}

/** `target`, each of whose calls goes through `pending`, and each call of its groups of methods. */
export function guardCalls<T extends object>(target: T, pending: PendingCalls): T {
  return new Proxy(target, {
    get(object, key): unknown {
      // A promise that resolves to this object must not take it for another promise.
      if (key === "then") return undefined;
      const member: unknown = Reflect.get(object, key);
      // To comlink a group is as much a function as a method is.
      const isCalled = typeof member === "function" || (typeof member === "object" && member !== null);
      return isCalled ? guardCalls(member, pending) : member;
    },
    apply(method, self, parameters: unknown[]): unknown {
      return pending.run(() => Reflect.apply(method as () => unknown, self, parameters) as Promise<unknown>);
    },
  });
}
