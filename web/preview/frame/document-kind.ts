/** What to do with a document, by its head (the HTML standard, "loading a document"; MIME Sniffing §7 in part). */
import { fieldValues } from "../../../worker/http/headers";
import type { GuestHead } from "../../../contract/guest-request";

type DocumentKind = "html" | "text" | "image" | "video" | "audio" | "download" | "none";

export interface DocumentType {
  readonly kind: DocumentKind;
  /** Of the text, if the head says. */
  readonly charset: string | undefined;
  /** Of the file, when it is to be saved. */
  readonly name: string;
}

export function documentType(head: GuestHead): DocumentType {
  const field = (name: string): string => fieldValues(head.headers, name)[0] ?? "";
  const type = field("content-type").toLowerCase();
  const disposition = field("content-disposition");
  const [, charset] = /charset\s*=\s*"?([\w-]+)/u.exec(type) ?? [];
  const name = fileName(disposition, head.url);
  const kind = (): DocumentKind => {
    if (head.status === 204 || head.status === 205) return "none";
    if (/^\s*attachment/iu.test(disposition)) return "download";
    if (type === "" || /^(?:text\/html|application\/xhtml\+xml)\b/u.test(type)) return "html";
    if (/^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|javascript|yaml|x-ndjson)\b)/u.test(type))
      return "text";
    if (/^(image|video|audio)\//u.test(type)) return type.slice(0, type.indexOf("/")) as DocumentKind;
    return "download";
  };
  return { kind: kind(), charset, name };
}

/** RFC 6266, and no paths. */
function fileName(disposition: string, url: string): string {
  const [, encoded] = /filename\*\s*=\s*utf-8''([^;\s]+)/iu.exec(disposition) ?? [];
  const [, quoted, bare] = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/iu.exec(disposition) ?? [];
  const [last] = new URL(url).pathname.split("/").slice(-1);
  const name =
    (encoded === undefined ? undefined : decode(encoded)) ??
    quoted?.replace(/\\(.)/gu, "$1") ??
    bare ??
    decode(last ?? "");
  return name?.replace(/^.*[/\\]/u, "").slice(0, 200) || "download";
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The charset that a document's beginning names (HTML standard, "prescan"); UTF-8 otherwise. */
export function sniffCharset(bytes: Uint8Array): string {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  const start = String.fromCharCode(...bytes.subarray(0, 1024));
  return /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)/iu.exec(start)?.[1] ?? "utf-8";
}

/** A decoder for a charset's name; UTF-8 for an unknown one. */
export function decoderFor(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}
