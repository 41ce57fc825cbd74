/**
 * The document's own history: `pushState` and fragments. The browser's joint history would mix it with the app's, so
 * entries are kept here, and the pane's buttons lead through them.
 */
import type { Frame } from "./frame";

interface Entry {
  readonly state: unknown;
  readonly url: URL;
}

export class PageHistory {
  readonly #frame: Frame;
  readonly #replace = history.replaceState.bind(history);
  readonly #entries: Entry[];
  #index = 0;

  constructor(frame: Frame) {
    this.#frame = frame;
    this.#entries = [{ state: null, url: frame.address.guest }];
  }

  install(): void {
    this.#show(this.#frame.address.guest, null);
    history.pushState = (state, _, url) => this.#change(state, url, true);
    history.replaceState = (state, _, url) => this.#change(state, url, false);
    history.go = (delta = 0) => this.#frame.say({ type: "go-history", delta });
    history.back = () => this.#frame.say({ type: "go-history", delta: -1 });
    history.forward = () => this.#frame.say({ type: "go-history", delta: 1 });
  }

  /** Listens for fragments that change by links and by `location.hash`; again after each `document.open()`. */
  listen(): void {
    window.addEventListener("hashchange", this.#onHashChange);
  }

  readonly #onHashChange = (): void => {
    const { guest } = this.#frame.address;
    if (location.hash === guest.hash) return;
    const url = new URL(guest);
    url.hash = location.hash;
    this.#enter({ state: history.state, url }, true);
  };

  /** To another entry of this document, as the back button does. */
  traverse(index: number): void {
    const entry = this.#entries[index];
    if (entry === undefined) return;
    const before = this.#frame.address.guest;
    this.#index = index;
    this.#frame.address.moveTo(entry.url);
    this.#show(entry.url, entry.state);
    window.dispatchEvent(new PopStateEvent("popstate", { state: entry.state }));
    if (before.hash === entry.url.hash) return;
    const toPage = (url: URL): string => this.#frame.address.toPage(url);
    window.dispatchEvent(
      new HashChangeEvent("hashchange", { oldURL: toPage(before), newURL: toPage(entry.url) }),
    );
    if (entry.url.hash !== "")
      document.getElementById(decodeURIComponent(entry.url.hash.slice(1)))?.scrollIntoView();
  }

  #change(state: unknown, address: string | URL | null | undefined, isNew: boolean): void {
    const { address: own } = this.#frame;
    const url =
      address === null || address === undefined
        ? own.guest
        : own.toGuest(new URL(address, document.baseURI).href);
    if (url?.origin !== own.guest.origin)
      throw new DOMException("a history state of another origin", "SecurityError");
    // Cloned, as the standard has it; what cannot be cloned throws here.
    this.#enter({ state: structuredClone(state), url }, isNew);
    this.#show(url, state);
  }

  #enter(entry: Entry, isNew: boolean): void {
    if (isNew) this.#index += 1;
    this.#entries.splice(this.#index, isNew ? Infinity : 1, entry);
    this.#frame.address.moveTo(entry.url);
    this.#frame.say({ type: isNew ? "pushed" : "replaced", url: entry.url.href });
  }

  /** Makes `location` say where the page is. Browsers that keep a sandboxed page's path let it change the rest. */
  #show(url: URL, state: unknown): void {
    try {
      this.#replace(state, "", this.#frame.address.toPage(url));
    } catch {
      this.#replace(state, "", location.pathname + url.search + url.hash);
    }
  }
}
