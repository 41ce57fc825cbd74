/** Puts a response on the wire (RFC 9112 sections 4, 6 and 7). */
import type { Framing } from "../head";
import { contentLength } from "../headers";
import { latin1Bytes } from "../latin1";

/** Where the bytes go. A write resolves when there is room for the next one. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
}

export interface ResponseOptions {
  readonly method: string;
  readonly minor: 0 | 1;
  /** Whether the connection is to be used again: then the response says where it ends. */
  readonly persistent: boolean;
  readonly date: Date;
}

const encoder = new TextEncoder();
const CRLF = encoder.encode("\r\n");
const LAST_CHUNK = encoder.encode("0\r\n\r\n");

/** RFC 9110 section 15; `statusText` goes before it. */
const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No Content",
  206: "Partial Content",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  411: "Length Required",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  417: "Expectation Failed",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  505: "HTTP Version Not Supported",
  507: "Insufficient Storage",
};

/** The server's own business, whatever the response says. */
const OWN_FIELDS: ReadonlySet<string> = new Set(["connection", "keep-alive", "transfer-encoding", "date"]);

/** The response does not keep to its own Content-Length, or failed in the middle: only a reset can tell the client. */
export class BrokenResponse extends Error {
  override readonly name = "BrokenResponse";
}

/**
 * Sends `response`; resolves to whether the connection may be used again. The head waits for the body's first bytes, so
 * that a body that fails at once can still be told as 500 (`response.body`'s own error is thrown then).
 * @throws BrokenResponse
 */
export async function sendResponse(
  sink: ByteSink,
  response: Response,
  options: ResponseOptions,
): Promise<boolean> {
  const framing = framingOf(response, options);
  const persistent = options.persistent && framing.kind !== "until-close";
  const head = encodeHead(response, framing, { ...options, persistent });
  const body = framing.kind === "none" ? undefined : response.body?.getReader();
  if (body === undefined) {
    await response.body?.cancel();
    await sink.write(head);
    return persistent;
  }
  const first = await body.read();
  try {
    await sink.write(head);
    await sendBody(sink, body, first, framing);
  } catch (error) {
    await body.cancel(error).catch(() => {
      // It has failed already, which is why we are here.
    });
    throw error;
  }
  return persistent;
}

async function sendBody(
  sink: ByteSink,
  body: ReadableStreamDefaultReader<Uint8Array>,
  first: ReadableStreamReadResult<Uint8Array>,
  framing: Framing,
): Promise<void> {
  let sent = 0;
  const length = framing.kind === "length" ? framing.bytes : Infinity;
  for (let next = first; !next.done; next = await readOn(body)) {
    const { value } = next;
    if (value.length === 0) continue;
    sent += value.length;
    if (sent > length) throw new BrokenResponse("the body is longer than its Content-Length");
    if (framing.kind === "chunked") await sink.write(encoder.encode(`${value.length.toString(16)}\r\n`));
    await sink.write(value);
    if (framing.kind === "chunked") await sink.write(CRLF);
  }
  if (framing.kind === "chunked") await sink.write(LAST_CHUNK);
  if (sent < length && length !== Infinity)
    throw new BrokenResponse("the body is shorter than its Content-Length");
}

async function readOn(
  body: ReadableStreamDefaultReader<Uint8Array>,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return await body.read();
  } catch (cause) {
    throw new BrokenResponse("the body broke off", { cause });
  }
}

/** RFC 9112 section 6.3 */
function framingOf(response: Response, { method, minor }: ResponseOptions): Framing {
  const { status } = response;
  if (method === "HEAD" || status === 204 || status === 304) return { kind: "none" };
  if (response.body === null) return { kind: "length", bytes: 0 };
  const bytes = contentLength(response.headers);
  if (bytes !== undefined) return { kind: "length", bytes };
  return minor === 1 ? { kind: "chunked" } : { kind: "until-close" };
}

function encodeHead(response: Response, framing: Framing, options: ResponseOptions): Uint8Array {
  const { status, statusText, headers } = response;
  const reason = statusText === "" ? (REASONS[status] ?? "") : statusText.replace(/[^\x20-\x7e]+/g, " ");
  const lines = [`HTTP/1.1 ${status} ${reason}`, `Date: ${options.date.toUTCString()}`];
  headers.forEach((value, name) => {
    const isLength = name === "content-length";
    // An answer to HEAD tells the length that GET would have; 204 has none at all.
    if (isLength && (framing.kind !== "none" || status === 204)) return;
    if (!OWN_FIELDS.has(name)) lines.push(`${name}: ${value}`);
  });
  if (framing.kind === "length") lines.push(`content-length: ${framing.bytes}`);
  if (framing.kind === "chunked") lines.push("transfer-encoding: chunked");
  if (!options.persistent) lines.push("connection: close");
  else if (options.minor === 0) lines.push("connection: keep-alive");
  return latin1Bytes(`${lines.join("\r\n")}\r\n\r\n`);
}
