/** What the heads of requests and of responses have in common (RFC 9112 §5 and §6.3). */
import type { ByteReader } from "./byte-reader";
import { HttpError } from "./errors";
import { listElements, parseLength } from "./headers";

/** Where a message's body ends. */
export type Framing =
  { readonly kind: "none" | "chunked" | "until-close" } | { readonly kind: "length"; readonly bytes: number };

/**
 * The lines of fields up to the empty one, without their ends.
 * @param bytes that they may have together
 * @throws HttpError `too-large` (431), `closed`, and the reader's own
 */
export async function readFieldLines(reader: ByteReader, bytes: number, most = Infinity): Promise<string[]> {
  const lines: string[] = [];
  let left = bytes;
  for (;;) {
    const line = await reader.line(left, 431);
    if (line === "") return lines;
    left -= line.length + 2;
    if (lines.push(line) > most) throw new HttpError("too-large", "too many header fields", { status: 431 });
  }
}

/**
 * The length that all of these values of `Content-Length` name. Values that disagree are refused: they are how requests
 * are smuggled.
 * @throws HttpError `malformed`
 */
export function agreedLength(values: string): Framing {
  const lengths = new Set(values.split(",").map((value) => value.trim()));
  const [length = ""] = lengths;
  const bytes = parseLength(length);
  if (lengths.size > 1 || bytes === undefined)
    throw new HttpError("malformed", `not a content length: ${[...lengths].join(", ").slice(0, 80)}`);
  return bytes === 0 ? { kind: "none" } : { kind: "length", bytes };
}

/** Whether a message of HTTP/1.`minor` leaves its connection open (RFC 9112 §9.3). */
export function keepsAlive(minor: number, connection: string | null | undefined): boolean {
  const options = listElements(connection);
  return !options.includes("close") && (minor === 1 || options.includes("keep-alive"));
}
