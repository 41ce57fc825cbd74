/**
 * JavaScript modules. Their imports are resolved as the HTML standard has it, then written out as full addresses, which
 * import maps lead to blobs: so modules may import one another in circles, and each is there once.
 */
import { init, parse } from "es-module-lexer/minimal/js";
import type { Frame } from "./frame";
import type { Resources } from "./resources";

/** Called by rewritten modules in place of `import(...)` with an address that is only known then. */
export const IMPORT_NAME = "__drydockImport";

export class Modules {
  readonly #frame: Frame;
  readonly #resources: Resources;
  /** By the page's address. */
  readonly #known = new Set<string>();
  readonly #loading = new Set<Promise<void>>();
  /** Blobs that no import map names yet. */
  #unmapped: Record<string, string> = {};
  readonly #own = new Map<string, string>();

  constructor(frame: Frame, resources: Resources) {
    this.#frame = frame;
    this.#resources = resources;
  }

  /** Takes the page's own import map into account. A broken one is passed over, as browsers do. */
  addImportMap(text: string, base: string): void {
    try {
      const map: unknown = JSON.parse(text);
      if (typeof map !== "object" || map === null || !("imports" in map))
        throw new Error("not an import map");
      if (typeof map.imports !== "object" || map.imports === null) throw new Error("not an import map");
      for (const [key, value] of Object.entries(map.imports)) {
        if (typeof value === "string")
          this.#own.set(resolveUrlLike(key, base) ?? key, new URL(value, base).href);
      }
    } catch (error) {
      reportError(error);
    }
  }

  /** Loads a module and all that it imports; the result is a module that imports it by its one name. */
  async facade(url: URL): Promise<string> {
    const page = this.#frame.address.toPage(url);
    this.#load(page);
    await this.#settled();
    return URL.createObjectURL(new Blob([`import ${JSON.stringify(page)};`], { type: "text/javascript" }));
  }

  /** A script's text with its imports written out, once they are loaded. */
  async rewrite(text: string, base: string): Promise<string> {
    const written = await this.#write(text, base);
    await this.#settled();
    return written;
  }

  async #write(text: string, base: string): Promise<string> {
    await init();
    const [imports] = parse(text);
    let out = "";
    let from = 0;
    for (const { n: specifier, s, e, ss, se, d: dynamic } of imports) {
      if (dynamic === -2) {
        out += `${text.slice(from, ss)}({url:${JSON.stringify(base)}})`;
        from = se;
        continue;
      }
      const resolved = specifier === undefined ? undefined : this.#resolve(specifier, base);
      if (resolved !== undefined) {
        this.#load(resolved);
        const written = JSON.stringify(resolved);
        out += text.slice(from, s) + (dynamic >= 0 ? written : written.slice(1, -1));
        from = e;
      } else if (dynamic >= 0) {
        out += `${text.slice(from, ss)}${IMPORT_NAME}(${JSON.stringify(base)},`;
        from = s;
      }
    }
    return out + text.slice(from);
  }

  /** `import(specifier)` of a module at `base`. */
  async importFrom(base: string, specifier: unknown): Promise<unknown> {
    const resolved = this.#resolve(String(specifier), base) ?? String(specifier);
    this.#load(resolved);
    await this.#settled();
    const map = this.takeImportMap();
    if (map !== undefined) document.head.append(map);
    const imported: unknown = await import(/* @vite-ignore */ resolved);
    return imported;
  }

  /** An import map of what was loaded since the last one; undefined when nothing was. */
  takeImportMap(): HTMLScriptElement | undefined {
    if (Object.keys(this.#unmapped).length === 0) return undefined;
    const element = document.createElement("script");
    element.type = "importmap";
    element.textContent = JSON.stringify({ imports: this.#unmapped }).replaceAll("<", "\\u003c");
    this.#unmapped = {};
    return element;
  }

  #load(page: string): void {
    const url = this.#frame.address.toGuest(page);
    if (url === undefined || this.#known.has(page)) return;
    this.#known.add(page);
    // A module that is not there fails when it is imported, not before.
    const loading = this.#fetch(page, url)
      .catch(() => undefined)
      .finally(() => this.#loading.delete(loading));
    this.#loading.add(loading);
  }

  /** Every module that was asked for is here, with all that it imports. */
  async #settled(): Promise<void> {
    while (this.#loading.size > 0) await Promise.all(this.#loading);
  }

  async #fetch(page: string, url: URL): Promise<void> {
    const source = await this.#resources.text(url, "script");
    const text = await this.#write(source.text, this.#frame.address.toPage(source.url));
    this.#unmapped[page] = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  }

  /** "Resolve a module specifier" of the HTML standard, in the page's addresses. */
  #resolve(specifier: string, base: string): string | undefined {
    const asUrl = resolveUrlLike(specifier, base);
    const key = asUrl ?? specifier;
    const exact = this.#own.get(key);
    if (exact !== undefined) return exact;
    const prefixes = [...this.#own.keys()].filter((name) => name.endsWith("/") && key.startsWith(name));
    const [longest] = prefixes.sort((a, b) => b.length - a.length);
    if (longest !== undefined) return new URL(key.slice(longest.length), this.#own.get(longest)).href;
    return asUrl;
  }
}

/** What begins like an address or a path; undefined for a bare name. */
function resolveUrlLike(specifier: string, base: string): string | undefined {
  try {
    return /^\.{0,2}\//u.test(specifier) ? new URL(specifier, base).href : new URL(specifier).href;
  } catch {
    return undefined;
  }
}
