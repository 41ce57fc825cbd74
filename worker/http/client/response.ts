/** Reads HTTP/1.x responses off a connection (RFC 9112), one after another. */
import { MessageBody } from "../body";
import type { ByteReader } from "../byte-reader";
import { HttpError } from "../errors";
import { agreedLength, keepsAlive, readFieldLines, type Framing } from "../head";
import { fieldTokens, fieldValue, TOKEN, type HeaderField, type HeaderFields } from "../headers";

export interface HttpResponse {
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderFields;
  /** Nothing is read ahead. After 101 it is whatever the other protocol sends. */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Settles when the body is over: whether the connection may carry another request. Never rejects. */
  readonly reusable: Promise<boolean>;
}

/** Status line and fields together. */
const HEAD_BYTES = 64 * 1024;
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: ([^\r\n]*))?$/u;

interface Head {
  readonly minor: number;
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderFields;
}

/**
 * Reads the next response's head; its body follows as it is read. Interim answers (100, 103) are passed over.
 * @param method the request's: the answer to HEAD has no body (RFC 9110 §9.3.2)
 * @throws HttpError `malformed`, `too-large`, `closed`, `lost`
 */
export async function readResponse(reader: ByteReader, method: string): Promise<HttpResponse> {
  let head = await readHead(reader);
  while (head.status < 200 && head.status !== 101) head = await readHead(reader);
  const framing = findFraming(head, method);
  let settle: (reusable: boolean) => void = () => undefined;
  const reusable = new Promise<boolean>((resolve) => (settle = resolve));
  const { minor, status, reason, headers } = head;
  const lasting = keepsAlive(minor, fieldValue(headers, "connection")) && framing.kind !== "until-close";
  const body = openBody(reader, framing, (whole) => settle(whole && lasting));
  return { status, reason, headers, body, reusable };
}

async function readHead(reader: ByteReader): Promise<Head> {
  const statusLine = await reader.line(HEAD_BYTES);
  const [, minor, status, reason = ""] = STATUS_LINE.exec(statusLine) ?? [];
  if (minor === undefined || status === undefined)
    throw new HttpError("malformed", `not a status line: ${JSON.stringify(statusLine.slice(0, 80))}`);
  const headers: HeaderField[] = [];
  for (const line of await readFieldLines(reader, HEAD_BYTES - statusLine.length)) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).replace(/[\t ]+$/u, "");
    const last = headers.at(-1);
    if (TOKEN.test(name) && !line.includes("\r")) {
      headers.push([name, line.slice(colon + 1).replace(/^[\t ]+|[\t ]+$/gu, "")]);
    } else if (last !== undefined && /^[ \t]/u.test(line)) {
      // An old way of breaking lines (§5.2): a space in its place.
      headers[headers.length - 1] = [last[0], `${last[1]} ${line.trim()}`];
    } else {
      throw new HttpError("malformed", `not a header field: ${JSON.stringify(line.slice(0, 80))}`);
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
    throw new HttpError("malformed", `an unknown transfer encoding: ${encodings.join(", ")}`);
  }
  const length = fieldValue(headers, "content-length");
  return length === undefined ? { kind: "until-close" } : agreedLength(length);
}

function openBody(
  reader: ByteReader,
  framing: Framing,
  onEnd: (whole: boolean) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const source = new MessageBody(reader, framing);
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(controller) {
        if (!source.ended) return;
        controller.close();
        onEnd(true);
      },
      async pull(controller) {
        try {
          const bytes = await source.next();
          if (bytes !== undefined) {
            controller.enqueue(bytes);
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
