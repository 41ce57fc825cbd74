/** What a page is made of, fetched from the machine and handed to the browser as blobs: each address once a document. */
import { fieldValues } from "../../../worker/http/headers";
import { guestRequest, type Frame } from "./frame";
import { hasAddresses, rewriteCss } from "./rewrite-css";

export type ResourceKind = "image" | "style" | "script" | "media" | "other";

const ACCEPT: Readonly<Record<ResourceKind, string>> = {
  image: "image/avif,image/webp,image/svg+xml,image/*,*/*;q=0.8",
  style: "text/css,*/*;q=0.1",
  script: "*/*",
  media: "*/*",
  other: "*/*",
};

export class Resources {
  readonly #frame: Frame;
  readonly #blobs = new Map<string, Promise<string>>();

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  /** A blob's address in place of `url`. Rejects when the machine has no such thing. */
  blob(url: URL, kind: ResourceKind): Promise<string> {
    const key = `${kind} ${url.href.replace(/#.*$/u, "")}`;
    const known = this.#blobs.get(key);
    if (known !== undefined) return known;
    const made = this.#fetch(url, kind).then((blob) => URL.createObjectURL(blob));
    this.#blobs.set(key, made);
    // Callers get the failure; without one it must not count as unhandled.
    made.catch(() => undefined);
    return made;
  }

  /** A script's or a style sheet's text, and where it came from in the end. */
  async text(url: URL, kind: ResourceKind): Promise<{ text: string; url: URL }> {
    const { head, body } = await this.#ask(url, kind);
    return { text: await new Response(body).text(), url: new URL(head.url) };
  }

  /** A style sheet with blobs in place of its addresses. What cannot be had stays as it is, and is not loaded. */
  rewriteStyle(css: string, base: URL | string): Promise<string> {
    if (!hasAddresses(css)) return Promise.resolve(css);
    return rewriteCss(css, async ({ text, isSheet }) => {
      const url = this.#frame.address.toGuest(new URL(text, base).href);
      if (url === undefined) return undefined;
      try {
        return (await this.blob(url, isSheet ? "style" : "image")) + url.hash;
      } catch {
        // As in any page: the rest of the sheet is good.
        return undefined;
      }
    });
  }

  async #fetch(url: URL, kind: ResourceKind): Promise<Blob> {
    if (kind === "style") {
      const sheet = await this.text(url, kind);
      return new Blob([await this.rewriteStyle(sheet.text, sheet.url)], { type: "text/css" });
    }
    const { head, body } = await this.#ask(url, kind);
    const [type = guessType(url)] = fieldValues(head.headers, "content-type");
    return new Blob([await new Response(body).arrayBuffer()], { type });
  }

  async #ask(url: URL, kind: ResourceKind): ReturnType<Frame["ask"]> {
    const answer = await this.#frame.ask(guestRequest(this.#frame, url, [["Accept", ACCEPT[kind]]]));
    const { status } = answer.head;
    if (status >= 200 && status < 300) return answer;
    await answer.body.cancel();
    throw new Error(`${url.href}: ${status}`);
  }
}

const TYPES: Readonly<Record<string, string>> = {
  svg: "image/svg+xml",
  js: "text/javascript",
  mjs: "text/javascript",
};

/** Images are told by their bytes, but for what is text. */
function guessType(url: URL): string {
  return TYPES[/\.([a-z]+)$/iu.exec(url.pathname)?.[1]?.toLowerCase() ?? ""] ?? "";
}
