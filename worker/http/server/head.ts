/** The head of a request: RFC 9112 sections 2 to 6, as strict as a server without a proxy before it can be. */
import { HttpError } from "../errors";
import { agreedLength, keepsAlive, type Framing } from "../head";
import { FIELD_VALUE, listElements, TOKEN } from "../headers";
import type { HttpLimits } from "./limits";

export interface RequestHead {
  readonly method: string;
  /** As it came: in origin form, absolute form or `*`. */
  readonly target: string;
  /** 1.0 or 1.1: a later minor version is read as 1.1 (RFC 9110 section 2.5). */
  readonly minor: 0 | 1;
  readonly headers: Headers;
  readonly framing: Framing;
  /** The connection may be used again. */
  readonly persistent: boolean;
  readonly expectsContinue: boolean;
}

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
/** Visible ASCII without what a URL must escape; bytes above ASCII are let through for the URL parser to escape. */
const TARGET = /^[\x21-\x7e\x80-\xff]+$/;
/** RFC 3986 section 3.2.2, loosely: the URL parser looks at it again. */
const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9\-._~%!$&'()*+,;=]*)(?::\d{0,5})?$/i;

/**
 * Parses a head, given as its lines without their ends (latin1).
 * @throws HttpError 400, 413, 414, 417, 501, 505
 */
export function parseHead(
  requestLine: string,
  fieldLines: readonly string[],
  limits: HttpLimits,
): RequestHead {
  const { method, target, minor } = parseRequestLine(requestLine, limits);
  const headers = parseFields(fieldLines);
  checkHost(headers, minor);
  const framing = findFraming(headers, minor);
  if (framing.kind === "length" && framing.bytes > limits.bodyBytes)
    throw new HttpError("too-large", "the body is too large");
  const expect = headers.get("expect")?.toLowerCase();
  if (expect !== undefined && expect !== "100-continue")
    throw new HttpError("unsupported", "unknown expectation", { status: 417 });
  return {
    method,
    target,
    minor,
    headers,
    framing,
    persistent: keepsAlive(minor, headers.get("connection")),
    expectsContinue: expect !== undefined && minor === 1 && framing.kind !== "none",
  };
}

function parseRequestLine(
  line: string,
  limits: HttpLimits,
): Pick<RequestHead, "method" | "target" | "minor"> {
  const parts = line.split(" ");
  const [method = "", target = "", version = ""] = parts;
  if (parts.length !== 3 || !TOKEN.test(method)) throw new HttpError("malformed", "malformed request line");
  const [, major, minor] = /^HTTP\/(\d)\.(\d)$/.exec(version) ?? [];
  if (major === undefined) throw new HttpError("malformed", "malformed HTTP version");
  if (major !== "1")
    throw new HttpError("unsupported", `HTTP/${major}.${minor ?? ""} is not spoken here`, { status: 505 });
  if (target.length > limits.targetBytes)
    throw new HttpError("too-large", "the request target is too long", { status: 414 });
  if (!TARGET.test(target)) throw new HttpError("malformed", "malformed request target");
  if (!METHODS.has(method))
    throw new HttpError("unsupported", `the method ${method.slice(0, 32)} is not implemented`);
  return { method, target, minor: minor === "0" ? 0 : 1 };
}

function parseFields(lines: readonly string[]): Headers {
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0));
    // A line that begins with a blank would continue the one before: obsolete, and a way to hide fields.
    if (!TOKEN.test(name)) throw new HttpError("malformed", "malformed header field name");
    const value = line.slice(colon + 1).replace(/^[\t ]+|[\t ]+$/g, "");
    if (!FIELD_VALUE.test(value))
      throw new HttpError("malformed", `malformed header field ${name.slice(0, 64)}`);
    if (name.toLowerCase() === "host" && headers.has("host"))
      throw new HttpError("malformed", "more than one Host");
    headers.append(name, value);
  }
  return headers;
}

/** RFC 9112 section 3.2. */
function checkHost(headers: Headers, minor: 0 | 1): void {
  const host = headers.get("host");
  if (host === null) {
    if (minor === 1) throw new HttpError("malformed", "a request of HTTP/1.1 needs a Host");
  } else if (!HOST.test(host)) {
    throw new HttpError("malformed", "malformed Host");
  }
}

/** RFC 9112 section 6. */
function findFraming(headers: Headers, minor: 0 | 1): Framing {
  const coding = headers.get("transfer-encoding");
  const length = headers.get("content-length");
  if (coding === null) return length === null ? { kind: "none" } : agreedLength(length);
  if (length !== null) throw new HttpError("malformed", "both Content-Length and Transfer-Encoding");
  if (minor === 0) throw new HttpError("malformed", "HTTP/1.0 has no Transfer-Encoding");
  const codings = listElements(coding);
  if (codings.length === 1 && codings[0] === "chunked") return { kind: "chunked" };
  if (codings.at(-1) === "chunked") throw new HttpError("unsupported", "unknown transfer coding");
  throw new HttpError("malformed", "a request's last transfer coding must be chunked");
}

/**
 * The absolute URL that a head asks for. `address` stands in for a client of HTTP/1.0 that names no host.
 * @throws HttpError 400
 */
export function urlOf(head: RequestHead, scheme: "http" | "https", address: string): string {
  const host = head.headers.get("host");
  const { target } = head;
  const origin = `${scheme}://${host === null || host === "" ? address : host}`;
  // Behind a TLS terminator an absolute form still says what the client sees: only path and query are taken from it.
  const absolute = /^https?:\/\/[^/?#]+(.*)$/i.exec(target)?.[1];
  const path = target === "*" ? "/" : (absolute ?? target);
  const text = origin + (path.startsWith("/") ? path : `/${path}`);
  const relative = absolute === undefined && target !== "*" && !target.startsWith("/");
  if (relative || !URL.canParse(text)) throw new HttpError("malformed", "malformed request target");
  return new URL(text).href;
}
