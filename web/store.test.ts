import { createElement, type ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it, vi } from "vitest";
import { createStoreContext, Store, useSnapshot } from "./store";

class Counter extends Store<{ readonly count: number; readonly name: string }> {
  constructor() {
    super({ count: 0, name: "x" });
  }
  set(count: number): void {
    this.update({ count });
  }
}

describe("a store", () => {
  it("makes a new snapshot of each change, and tells whoever listens", () => {
    const store = new Counter();
    const heard = vi.fn();
    const leave = store.subscribe(heard);
    const before = store.getSnapshot();
    store.set(1);
    expect(before).toEqual({ count: 0, name: "x" });
    expect(store.getSnapshot()).toEqual({ count: 1, name: "x" });
    leave();
    store.set(2);
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it("keeps its snapshot, and quiet, when nothing changes", () => {
    const store = new Counter();
    const heard = vi.fn();
    store.subscribe(heard);
    const before = store.getSnapshot();
    store.set(0);
    expect(store.getSnapshot()).toBe(before);
    expect(heard).not.toHaveBeenCalled();
  });

  it("is found by the components below its provider, and missed by others", () => {
    const { Provider, useStore } = createStoreContext<Counter>("counter");
    const Shown = (): ReactElement => createElement("b", null, useSnapshot(useStore()).count);
    const store = new Counter();
    store.set(3);
    const page = createElement(Provider, { store, children: createElement(Shown) });
    expect(renderToStaticMarkup(page)).toBe("<b>3</b>");
    expect(() => renderToStaticMarkup(createElement(Shown))).toThrow("no provider of the counter");
  });
});
