/**
 * Gives the document's elements blobs in place of their addresses: those that the parser made of marked markup, and
 * those that the page's scripts make. To the scripts, `image.src` and `getAttribute("src")` are what they set.
 */
import type { Frame } from "./frame";
import { firstCandidate, isHere, LOADING_ATTRIBUTES, MARK, markMarkup, markOf } from "./markup";
import type { Modules } from "./modules";
import { nativeMethod, toText, type NativeMethod } from "./natives";
import type { ResourceKind, Resources } from "./resources";

const nativeSet = nativeMethod(Element.prototype, "setAttribute");
const nativeGet = nativeMethod(Element.prototype, "getAttribute");

interface Accessors {
  readonly get?: NativeMethod;
  readonly set?: NativeMethod;
}

/** Elements whose attribute is also a property, by the name of their class. */
const PROPERTIES: readonly (readonly [prototype: object, property: string])[] = [
  [HTMLImageElement.prototype, "src"],
  [HTMLImageElement.prototype, "srcset"],
  [HTMLSourceElement.prototype, "src"],
  [HTMLSourceElement.prototype, "srcset"],
  [HTMLMediaElement.prototype, "src"],
  [HTMLVideoElement.prototype, "poster"],
  [HTMLTrackElement.prototype, "src"],
  [HTMLInputElement.prototype, "src"],
  [HTMLScriptElement.prototype, "src"],
  [HTMLLinkElement.prototype, "href"],
  [HTMLIFrameElement.prototype, "src"],
  [HTMLEmbedElement.prototype, "src"],
  [HTMLObjectElement.prototype, "data"],
];

export class Elements {
  readonly #frame: Frame;
  readonly #resources: Resources;
  readonly #modules: Modules;
  /** What the page set, by attribute. */
  readonly #given = new WeakMap<Element, Map<string, string>>();
  readonly #observer = new MutationObserver((records) => this.#onMutations(records));
  /** Called after any change to the document. */
  readonly #onChange: () => void;

  constructor(frame: Frame, resources: Resources, modules: Modules, onChange: () => void) {
    this.#frame = frame;
    this.#resources = resources;
    this.#modules = modules;
    this.#onChange = onChange;
  }

  /** Patches this realm's classes; once. */
  install(): void {
    for (const [prototype, property] of PROPERTIES) this.#patchProperty(prototype, property);
    this.#patchAttributes();
    patchSetter(Element.prototype, "innerHTML", markMarkup);
    patchSetter(Element.prototype, "outerHTML", markMarkup);
    const insert = nativeMethod(Element.prototype, "insertAdjacentHTML");
    Element.prototype.insertAdjacentHTML = function (where, html: unknown) {
      insert.call(this, where, markMarkup(toText(html)));
    };
  }

  /** Looks at what comes into the document from now on; again after each `document.open()`. */
  watch(): void {
    this.#observer.observe(document, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
      attributeFilter: ["style"],
    });
  }

  #onMutations(records: readonly MutationRecord[]): void {
    for (const { type, target, addedNodes } of records) {
      if (type === "attributes" && target instanceof Element) this.#restyle(target);
      if (target instanceof HTMLStyleElement || target.parentNode instanceof HTMLStyleElement)
        this.#resheet(target instanceof HTMLStyleElement ? target : (target.parentNode as HTMLStyleElement));
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        this.#adopt(node);
        for (const element of node.querySelectorAll("*")) this.#adopt(element);
      }
    }
    this.#onChange();
  }

  #adopt(element: Element): void {
    if (element instanceof HTMLStyleElement) this.#resheet(element);
    for (const attribute of LOADING_ATTRIBUTES[element.localName] ?? []) {
      const marked = getOwn(element, markOf(attribute));
      const value = marked ?? getOwn(element, attribute);
      if (marked !== null) element.removeAttribute(markOf(attribute));
      else if (value === null || isHere(value) || element.hasAttribute(`${MARK}failed`)) continue;
      this.#claim(element, attribute, value ?? "");
    }
  }

  /** The page wants `attribute` to be `value`. */
  #claim(element: Element, attribute: string, value: string): void {
    const given = this.#given.get(element) ?? new Map<string, string>();
    this.#given.set(element, given.set(attribute, value));
    const address = attribute === "srcset" ? firstCandidate(value) : value;
    if (isHere(address) || !this.#loads(element)) {
      nativeSet.call(element, attribute, value);
      return;
    }
    const current = (): boolean => given.get(attribute) === value;
    this.#fetch(element, resolve(address)).then(
      (blob) => {
        if (current()) nativeSet.call(element, attribute, blob);
      },
      () => {
        // Set as it was: the browser blocks it, and the page gets the element's `error` event.
        if (!current()) return;
        nativeSet.call(element, `${MARK}failed`, "");
        nativeSet.call(element, attribute, value);
      },
    );
  }

  async #fetch(element: Element, href: string | undefined): Promise<string> {
    const url = href === undefined ? undefined : this.#frame.address.toGuest(href);
    if (url === undefined) throw new Error("not in the machine");
    if (element instanceof HTMLScriptElement && element.type === "module") {
      const facade = await this.#modules.facade(url);
      const map = this.#modules.takeImportMap();
      if (map !== undefined) document.head.append(map);
      return facade;
    }
    return (await this.#resources.blob(url, kindOf(element))) + url.hash;
  }

  /** A link is only fetched when it is one to a style sheet or an icon. Frames in a page are not shown. */
  #loads(element: Element): boolean {
    if (element instanceof HTMLLinkElement) return /(?:^|\s)(?:stylesheet|icon)(?:\s|$)/iu.test(element.rel);
    return !["iframe", "frame", "embed", "object"].includes(element.localName);
  }

  #resheet(style: HTMLStyleElement): void {
    const css = style.textContent;
    if (!/url\(\s*(?!["']?(?:blob:|data:|#))|@import\s+["']?(?!url|blob:)/iu.test(css)) return;
    void this.#resources.rewriteStyle(css, document.baseURI).then((rewritten) => {
      if (style.textContent === css && rewritten !== css) style.textContent = rewritten;
    });
  }

  #restyle(element: Element): void {
    const css = getOwn(element, "style") ?? "";
    if (!/url\(\s*(?!["']?(?:blob:|data:|#))/iu.test(css)) return;
    void this.#resources.rewriteStyle(css, document.baseURI).then((rewritten) => {
      if (getOwn(element, "style") === css && rewritten !== css) nativeSet.call(element, "style", rewritten);
    });
  }

  #patchProperty(prototype: object, property: string): void {
    const native = accessors(prototype, property);
    if (native?.get === undefined || native.set === undefined) return;
    const { get } = native;
    const given = this.#given;
    const claim = (element: Element, value: string): void => this.#claim(element, property, value);
    Object.defineProperty(prototype, property, {
      ...native,
      get(this: Element): unknown {
        const value = given.get(this)?.get(property);
        if (value === undefined) return get.call(this);
        return property === "srcset" ? value : (resolve(value) ?? value);
      },
      set(this: Element, value: unknown) {
        claim(this, toText(value));
      },
    });
  }

  #patchAttributes(): void {
    const given = this.#given;
    const claim = (element: Element, attribute: string, value: string): boolean => {
      const name = attribute.toLowerCase();
      if (LOADING_ATTRIBUTES[element.localName]?.includes(name) !== true) return false;
      this.#claim(element, name, value);
      return true;
    };
    Element.prototype.setAttribute = function (name: unknown, value: unknown) {
      if (!claim(this, toText(name), toText(value))) nativeSet.call(this, name, value);
    };
    Element.prototype.getAttribute = function (name: unknown) {
      return given.get(this)?.get(toText(name).toLowerCase()) ?? getOwn(this, toText(name));
    };
  }
}

function getOwn(element: Element, name: string): string | null {
  return nativeGet.call(element, name) as string | null;
}

function kindOf(element: Element): ResourceKind {
  if (element instanceof HTMLScriptElement) return "script";
  if (element instanceof HTMLLinkElement) return element.rel.includes("stylesheet") ? "style" : "image";
  if (element instanceof HTMLMediaElement || element instanceof HTMLTrackElement) return "media";
  if (element instanceof HTMLSourceElement && element.parentElement instanceof HTMLMediaElement)
    return "media";
  return "image";
}

function resolve(address: string): string | undefined {
  try {
    return new URL(address, document.baseURI).href;
  } catch {
    return undefined;
  }
}

function accessors(prototype: object, property: string): Accessors | undefined {
  return Object.getOwnPropertyDescriptor(prototype, property);
}

/** Lets every text that is assigned to a property go through `change`. */
function patchSetter(prototype: object, property: string, change: (text: string) => string): void {
  const native = accessors(prototype, property);
  if (native?.set === undefined) return;
  const { set } = native;
  Object.defineProperty(prototype, property, {
    ...native,
    set(this: Element, value: unknown) {
      // `null` empties an element.
      set.call(this, value === null ? value : change(toText(value)));
    },
  });
}
