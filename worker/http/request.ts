/** A request as bytes (RFC 9112 §3). */
import { HttpError } from "./errors";
import { fieldValue, type HeaderFields } from "./headers";

export interface HttpRequest {
  readonly method: string;
  /** Origin form: `/path?query`. */
  readonly target: string;
  readonly headers: HeaderFields;
  readonly body?: Uint8Array;
}

/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/u;
const TARGET = /^\/[\x21-\x7e]*$/u;
/** Visible characters, spaces and tabs; characters above are bytes of their own (§5.5). */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/u;

/**
 * The request's bytes, with `Content-Length` when there is a body.
 * @throws HttpError `bad-request` for anything that would end a line early or is no token
 */
export function encodeRequest(request: HttpRequest): Uint8Array<ArrayBuffer> {
  const { method, target, headers, body } = request;
  if (!TOKEN.test(method)) throw new HttpError("bad-request", `${JSON.stringify(method)} is not a method`);
  if (!TARGET.test(target)) throw new HttpError("bad-request", `${JSON.stringify(target)} is not a target`);
  const lines = [`${method} ${target} HTTP/1.1`];
  for (const [name, value] of headers) {
    if (!TOKEN.test(name))
      throw new HttpError("bad-request", `${JSON.stringify(name)} is not a field's name`);
    if (!VALUE.test(value))
      throw new HttpError("bad-request", `the value of ${name} has characters it may not have`);
    lines.push(`${name}: ${value}`);
  }
  if (body !== undefined && fieldValue(headers, "content-length") === undefined)
    lines.push(`Content-Length: ${body.length}`);
  const head = `${lines.join("\r\n")}\r\n\r\n`;
  const bytes = new Uint8Array(head.length + (body?.length ?? 0));
  for (let at = 0; at < head.length; at++) bytes[at] = head.charCodeAt(at);
  if (body !== undefined) bytes.set(body, head.length);
  return bytes;
}
