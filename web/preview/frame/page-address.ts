/**
 * The two names of every address. The page lives, as far as it can see, at the app's own origin: the browser gives the
 * frame's document no other, and only under it does `location` show the guest's path. Underneath, that origin stands
 * for the server that the document came from. `http://localhost:3000/` stays what it is: another server.
 */
import { isOwnName } from "../../../contract/own-name";

export class PageAddress {
  /** Where the document came from. */
  #guest: URL;
  readonly #origin: string;

  /**
   * @param origin the frame's own, which is the app's
   * @param guest the document's address in the machine
   */
  constructor(origin: string, guest: URL) {
    this.#origin = origin;
    this.#guest = guest;
  }

  get guest(): URL {
    return this.#guest;
  }

  /** The document's address has changed within its origin. */
  moveTo(guest: URL): void {
    this.#guest = guest;
  }

  /** An address as the page resolved it, in the machine; undefined when it leads out of it. */
  toGuest(href: string): URL | undefined {
    const url = parse(href);
    if (url === undefined) return undefined;
    if (url.origin === this.#origin) return new URL(url.pathname + url.search + url.hash, this.#guest.origin);
    return url.protocol === "http:" && isOwnName(url.hostname) ? url : undefined;
  }

  /** An address in the machine, as the page sees it. */
  toPage(url: URL): string {
    if (url.origin !== this.#guest.origin) return url.href;
    return this.#origin + url.pathname + url.search + url.hash;
  }
}

function parse(href: string): URL | undefined {
  try {
    return new URL(href);
  } catch {
    // Not an address: nothing to go to.
    return undefined;
  }
}
