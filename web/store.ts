/** State outside React: one immutable snapshot at a time, which the page draws and nothing else tells it. */
import {
  createContext,
  createElement,
  use,
  useSyncExternalStore,
  type ReactElement,
  type ReactNode,
} from "react";

/** What somebody who only looks needs of a store. */
export interface StoreView<T> {
  /** The same object until something changes. */
  readonly getSnapshot: () => T;
  /** Calls `listener` after each change; returns the way out. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** The base of every store: a subclass has the commands, and changes the snapshot by `update` alone. */
export class Store<T extends object> implements StoreView<T> {
  readonly #listeners = new Set<() => void>();
  #snapshot: T;

  constructor(initial: T) {
    this.#snapshot = initial;
  }

  readonly getSnapshot = (): T => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Puts the fields of `change` in place of the present ones. Listeners are told only if something did change. */
  protected update(change: Partial<T>): void {
    const next = { ...this.#snapshot, ...change };
    const fields = Object.keys(change) as (keyof T)[];
    if (fields.every((field) => Object.is(next[field], this.#snapshot[field]))) return;
    this.#snapshot = next;
    for (const listener of this.#listeners) listener();
  }
}

/** A component's view of a store: drawn again after each change. */
export function useSnapshot<T>(store: StoreView<T>): T {
  return useSyncExternalStore(store.subscribe, store.getSnapshot, store.getSnapshot);
}

/**
 * A store that is handed down to the components below its provider.
 * @param name what `useStore` complains of when no provider is above it
 */
export function createStoreContext<S extends StoreView<unknown>>(
  name: string,
): {
  readonly Provider: (props: { readonly store: S; readonly children: ReactNode }) => ReactElement;
  readonly useStore: () => S;
} {
  const Context = createContext<S | undefined>(undefined);
  return {
    Provider: ({ store, children }) => createElement(Context, { value: store }, children),
    useStore: () => {
      const store = use(Context);
      if (store === undefined) throw new Error(`there is no provider of the ${name} above this component`);
      return store;
    },
  };
}
