/** A request as bytes (RFC 9112 §3). */
import { HttpError } from "../errors";
import { FIELD_VALUE, fieldValue, TOKEN, type HeaderFields } from "../headers";
import { latin1Bytes } from "../latin1";

export interface ClientRequest {
  readonly method: string;
  /** Origin form: `/path?query`. */
  readonly target: string;
  readonly headers: HeaderFields;
  readonly body?: Uint8Array;
}

const TARGET = /^\/[\x21-\x7e]*$/u;

/**
 * The request's bytes, with `Content-Length` when there is a body.
 * @throws HttpError `bad-request` for anything that would end a line early or is no token
 */
export function encodeRequest(request: ClientRequest): Uint8Array<ArrayBuffer> {
  const { method, target, headers, body } = request;
  if (!TOKEN.test(method)) throw new HttpError("bad-request", `${JSON.stringify(method)} is not a method`);
  if (!TARGET.test(target)) throw new HttpError("bad-request", `${JSON.stringify(target)} is not a target`);
  const lines = [`${method} ${target} HTTP/1.1`];
  for (const [name, value] of headers) {
    if (!TOKEN.test(name))
      throw new HttpError("bad-request", `${JSON.stringify(name)} is not a field's name`);
    if (!FIELD_VALUE.test(value))
      throw new HttpError("bad-request", `the value of ${name} has characters it may not have`);
    lines.push(`${name}: ${value}`);
  }
  if (body !== undefined && fieldValue(headers, "content-length") === undefined)
    lines.push(`Content-Length: ${body.length}`);
  const head = latin1Bytes(`${lines.join("\r\n")}\r\n\r\n`);
  if (body === undefined) return head;
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}
