/** Makes of a page's HTML what the frame can write: its scripts and style sheets are blobs, the rest is marked. */
import type { Frame } from "./frame";
import { LOADING_ATTRIBUTES, isHere, markOf } from "./markup";
import type { Modules } from "./modules";
import type { Resources } from "./resources";

/** The page's links to things that only a browser's own network could use. */
const HINTS = /(?:^|\s)(?:preload|modulepreload|prefetch|preconnect|dns-prefetch|manifest)(?:\s|$)/iu;

export class DocumentPreparer {
  readonly #frame: Frame;
  readonly #resources: Resources;
  readonly #modules: Modules;

  constructor(frame: Frame, resources: Resources, modules: Modules) {
    this.#frame = frame;
    this.#resources = resources;
    this.#modules = modules;
  }

  /** Resolves with markup to be written into the frame's document. */
  async prepare(html: string): Promise<string> {
    const page = new DOMParser().parseFromString(html, "text/html");
    const base = this.#base(page);
    // The page's own policy speaks of addresses that are blobs here; the frame's is stricter in what matters.
    for (const meta of page.querySelectorAll('meta[http-equiv="content-security-policy" i]')) meta.remove();
    await Promise.all([
      this.#prepareLinks(page, base),
      this.#prepareScripts(page, base),
      this.#prepareStyles(page, base),
    ]);
    for (const [name, attributes] of Object.entries(LOADING_ATTRIBUTES)) {
      for (const element of page.getElementsByTagName(name)) {
        for (const attribute of attributes) mark(element, attribute);
      }
    }
    const map = this.#modules.takeImportMap();
    if (map !== undefined) page.head.prepend(page.importNode(map, true));
    return doctypeOf(page) + page.documentElement.outerHTML;
  }

  /** What the page's addresses are resolved against; a `<base>` of the page's stays. */
  #base(page: Document): string {
    const own = this.#frame.address.toPage(this.#frame.address.guest);
    const [element] = page.querySelectorAll("base[href]");
    if (element === undefined) {
      this.#standIn(page, own);
      return own;
    }
    const href = new URL(element.getAttribute("href") ?? "", own).href;
    const guest = this.#frame.address.toGuest(href);
    const base = guest === undefined ? href : this.#frame.address.toPage(guest);
    element.setAttribute("href", base);
    return base;
  }

  /** Where the browser does not let a sandboxed document have the guest's path, its addresses need a base. */
  #standIn(page: Document, own: string): void {
    if (location.pathname === this.#frame.address.guest.pathname) return;
    const base = page.createElement("base");
    base.href = own;
    page.head.prepend(base);
  }

  async #prepareLinks(page: Document, base: string): Promise<void> {
    const links = [...page.querySelectorAll<HTMLLinkElement>("link[href]")];
    await Promise.all(
      links.map(async (link) => {
        const rel = link.getAttribute("rel") ?? "";
        if (/(?:^|\s)stylesheet(?:\s|$)/iu.test(rel)) {
          link.removeAttribute("integrity");
          link.removeAttribute("crossorigin");
          await this.#give(link, "href", base, "style");
        } else if (HINTS.test(rel)) link.remove();
      }),
    );
  }

  async #prepareScripts(page: Document, base: string): Promise<void> {
    for (const script of page.querySelectorAll('script[type="importmap"]')) {
      this.#modules.addImportMap(script.textContent, base);
      script.remove();
    }
    await Promise.all(
      [...page.scripts].map(async (script) => {
        script.removeAttribute("integrity");
        script.removeAttribute("crossorigin");
        const isModule = script.type.trim().toLowerCase() === "module";
        const url = this.#url(script.getAttribute("src"), base);
        if (url === undefined) {
          if (isModule) script.textContent = await this.#modules.rewrite(script.textContent, base);
        } else if (isModule) {
          script.setAttribute("src", await this.#modules.facade(url));
        } else {
          await this.#give(script, "src", base, "script");
        }
      }),
    );
  }

  async #prepareStyles(page: Document, base: string): Promise<void> {
    const sheets = [...page.querySelectorAll("style")].map(async (style) => {
      style.textContent = await this.#resources.rewriteStyle(style.textContent, base);
    });
    const inline = [...page.querySelectorAll('[style*="url(" i]')].map(async (element) => {
      element.setAttribute(
        "style",
        await this.#resources.rewriteStyle(element.getAttribute("style") ?? "", base),
      );
    });
    await Promise.all([...sheets, ...inline]);
  }

  /** Puts a blob in an attribute's place. What cannot be had stays, and fails to load as it should. */
  async #give(element: Element, attribute: string, base: string, kind: "style" | "script"): Promise<void> {
    const url = this.#url(element.getAttribute(attribute), base);
    if (url === undefined) return;
    try {
      element.setAttribute(attribute, await this.#resources.blob(url, kind));
    } catch {
      // Left as it is, so that the element's own `error` event tells the page.
      element.setAttribute("data-drydock-failed", "");
    }
  }

  #url(address: string | null, base: string): URL | undefined {
    if (address === null || isHere(address)) return undefined;
    try {
      return this.#frame.address.toGuest(new URL(address, base).href);
    } catch {
      return undefined;
    }
  }
}

function mark(element: Element, attribute: string): void {
  const value = element.getAttribute(attribute);
  if (value === null || isHere(value) || element.hasAttribute("data-drydock-failed")) return;
  element.setAttribute(markOf(attribute), value);
  element.removeAttribute(attribute);
}

/** As it was: without it, or with an old one, browsers lay a page out in another way. */
function doctypeOf(page: Document): string {
  const { doctype } = page;
  if (doctype === null) return "";
  const { name, publicId, systemId } = doctype;
  const ids =
    publicId !== "" ? ` PUBLIC "${publicId}" "${systemId}"` : systemId !== "" ? ` SYSTEM "${systemId}"` : "";
  return `<!DOCTYPE ${name}${ids}>`;
}
