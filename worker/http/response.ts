/** Reads HTTP/1.x responses off a connection (RFC 9112), one after another. */
import type { ByteReader } from "./byte-reader";
import { HttpError } from "./errors";
import { fieldTokens, fieldValues, type HeaderField, type HeaderFields } from "./headers";

export interface HttpResponse {
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderFields;
  /** Nothing is read ahead. After 101 it is whatever the other protocol sends. */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Settles when the body is over: whether the connection may carry another request. Never rejects. */
  readonly reusable: Promise<boolean>;
}

export interface ResponseLimits {
  /** Status line and fields together, in bytes. */
  readonly headBytes: number;
}

const DEFAULT_LIMITS: ResponseLimits = { headBytes: 64 * 1024 };
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: ([^\r\n]*))?$/u;
const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*:[ \t]*(.*?)[ \t]*$/u;
/** A chunk's size line (§7.1): eight hexadecimal digits are four gigabytes. */
const CHUNK_SIZE = /^([0-9A-Fa-f]{1,8})[ \t]*(?:;.*)?$/u;
const MAX_CHUNK_LINE = 4096;

interface Head {
  readonly minor: number;
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderFields;
}

type Framing =
  | { readonly kind: "none" | "chunked" | "until-close" }
  | { readonly kind: "length"; readonly length: number };

/**
 * Reads the next response's head; its body follows as it is read. Interim answers (100, 103) are passed over.
 * @param method the request's: the answer to HEAD has no body (RFC 9110 §9.3.2)
 * @throws HttpError `bad-response`, `too-large`, `closed`
 */
export async function readResponse(
  reader: ByteReader,
  method: string,
  limits: ResponseLimits = DEFAULT_LIMITS,
): Promise<HttpResponse> {
  let head = await readHead(reader, limits);
  while (head.status < 200 && head.status !== 101) head = await readHead(reader, limits);
  const framing = findFraming(head, method);
  let settle: (reusable: boolean) => void = () => undefined;
  const reusable = new Promise<boolean>((resolve) => (settle = resolve));
  const lasting = keepsAlive(head) && framing.kind !== "until-close";
  const body = openBody(reader, framing, (whole) => settle(whole && lasting));
  const { status, reason, headers } = head;
  return { status, reason, headers, body, reusable };
}

async function readHead(reader: ByteReader, limits: ResponseLimits): Promise<Head> {
  let left = limits.headBytes;
  const nextLine = async (): Promise<string> => {
    const line = await reader.line(left);
    left -= line.length;
    return line;
  };
  const statusLine = await nextLine();
  const [, minor, status, reason = ""] = STATUS_LINE.exec(statusLine) ?? [];
  if (minor === undefined || status === undefined)
    throw new HttpError("bad-response", `not a status line: ${JSON.stringify(statusLine.slice(0, 80))}`);
  const headers: HeaderField[] = [];
  for (let line = await nextLine(); line !== ""; line = await nextLine()) {
    const [, name, value = ""] = FIELD.exec(line) ?? [];
    const last = headers.pop();
    if (name !== undefined) {
      if (last !== undefined) headers.push(last);
      headers.push([name, value]);
    } else if (last !== undefined && /^[ \t]/u.test(line)) {
      // An old way of breaking lines (§5.2): a space in its place.
      headers.push([last[0], `${last[1]} ${line.trim()}`]);
    } else {
      throw new HttpError("bad-response", `not a header field: ${JSON.stringify(line.slice(0, 80))}`);
    }
  }
  return { minor: Number(minor), status: Number(status), reason, headers };
}

/** RFC 9112 §6.3. */
function findFraming({ status, headers }: Head, method: string): Framing {
  if (status === 101) return { kind: "until-close" };
  if (method === "HEAD" || status === 204 || status === 304) return { kind: "none" };
  const encodings = fieldTokens(headers, "transfer-encoding");
  if (encodings.length > 0) {
    if (encodings.length === 1 && encodings[0] === "chunked") return { kind: "chunked" };
    if (encodings.length === 1 && encodings[0] === "identity") return { kind: "until-close" };
    throw new HttpError("bad-response", `an unknown transfer encoding: ${encodings.join(", ")}`);
  }
  const lengths = new Set(fieldValues(headers, "content-length").flatMap((value) => value.split(/\s*,\s*/u)));
  const [length] = lengths;
  if (length === undefined) return { kind: "until-close" };
  if (lengths.size > 1 || !/^\d{1,15}$/u.test(length))
    throw new HttpError("bad-response", `not a content length: ${[...lengths].join(", ")}`);
  return length === "0" ? { kind: "none" } : { kind: "length", length: Number(length) };
}

function keepsAlive({ minor, headers }: Head): boolean {
  const tokens = fieldTokens(headers, "connection");
  if (tokens.includes("close")) return false;
  return minor === 1 || tokens.includes("keep-alive");
}

function openBody(
  reader: ByteReader,
  framing: Framing,
  onEnd: (whole: boolean) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const source = readBody(reader, framing);
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(controller) {
        if (framing.kind !== "none") return;
        controller.close();
        onEnd(true);
      },
      async pull(controller) {
        try {
          const { done, value } = await source.next();
          if (!done) {
            // A copy: what was read may be a piece of a larger buffer, and this one may be given away.
            controller.enqueue(Uint8Array.from(value));
            return;
          }
          controller.close();
          onEnd(true);
        } catch (error) {
          onEnd(false);
          throw error;
        }
      },
      async cancel(reason) {
        onEnd(false);
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

async function* readBody(reader: ByteReader, framing: Framing): AsyncGenerator<Uint8Array, void, undefined> {
  switch (framing.kind) {
    case "none":
      return;
    case "length":
      yield* readCounted(reader, framing.length);
      return;
    case "chunked":
      yield* readChunked(reader);
      return;
    case "until-close":
      for (let bytes = await reader.some(); bytes !== undefined; bytes = await reader.some()) yield bytes;
  }
}

async function* readCounted(reader: ByteReader, length: number): AsyncGenerator<Uint8Array, void, undefined> {
  let left = length;
  while (left > 0) {
    const bytes = await reader.some(left);
    if (bytes === undefined)
      throw new HttpError("closed", `the connection ended ${left} bytes before the body's end`);
    left -= bytes.length;
    yield bytes;
  }
}

/** RFC 9112 §7.1; trailers are read and dropped. */
async function* readChunked(reader: ByteReader): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    const line = await reader.line(MAX_CHUNK_LINE);
    const [, digits] = CHUNK_SIZE.exec(line) ?? [];
    if (digits === undefined)
      throw new HttpError("bad-response", `not a chunk's size: ${JSON.stringify(line.slice(0, 80))}`);
    const size = parseInt(digits, 16);
    if (size === 0) break;
    yield* readCounted(reader, size);
    if ((await reader.line(MAX_CHUNK_LINE)) !== "")
      throw new HttpError("bad-response", "a chunk is longer than its size");
  }
  let left = DEFAULT_LIMITS.headBytes;
  for (let line = await reader.line(left); line !== ""; line = await reader.line(left)) left -= line.length;
}
