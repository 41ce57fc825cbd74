/** What people type into an address bar, as an address in the machine. */
import { isOwnName } from "../../contract/own-name";

export type ParsedAddress =
  | { readonly kind: "address"; readonly url: URL }
  | { readonly kind: "empty" | "not-an-address" | "https" }
  /** Not in the machine. */
  | { readonly kind: "outside"; readonly host: string };

/** `localhost`, `localhost:8080/x`, `:8080/x`, `8080`, `/x` on the present server, `http://127.0.0.1:8080`. */
export function parseAddress(typed: string, present?: URL): ParsedAddress {
  const text = typed.trim();
  if (text === "") return { kind: "empty" };
  const url = parse(complete(text, present));
  if (url === undefined) return { kind: "not-an-address" };
  if (url.protocol === "https:" && isOwnName(url.hostname)) return { kind: "https" };
  if (url.protocol !== "http:" && url.protocol !== "https:") return { kind: "not-an-address" };
  if (!isOwnName(url.hostname)) return { kind: "outside", host: url.hostname };
  return { kind: "address", url };
}

function complete(text: string, present: URL | undefined): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//iu.test(text)) return text;
  if (/^\d{1,5}(?:$|[/?#])/u.test(text)) return `http://localhost:${text}`;
  if (text.startsWith(":")) return `http://localhost${text}`;
  if (text.startsWith("/") && !text.startsWith("//"))
    return `${present?.origin ?? "http://localhost"}${text}`;
  return `http://${text.replace(/^\/\//u, "")}`;
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** The address of a published port. */
export function portAddress(port: number): URL {
  return new URL(`http://localhost:${port}/`);
}

/** `localhost`, or `localhost:8080`: what people call it. */
export function portLabel(port: number): string {
  return port === 80 ? "localhost" : `localhost:${port}`;
}
