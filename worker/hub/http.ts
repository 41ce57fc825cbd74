/** What the registry needs of HTTP, and the few shapes of answer that it gives. */

/**
 * A request as the registry reads it. A `Request` is one; a plain object will do, and in a browser it is the better
 * choice: not every browser streams a `Request`'s body, and all of them strip headers such as Content-Length from it.
 * `body` is read only when it is needed; whoever holds the connection discards the rest.
 */
export interface HttpRequest {
  readonly method: string;
  /** Absolute. Its scheme and host are those that the client used. */
  readonly url: string;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
}

export type HttpHandler = (request: HttpRequest) => Promise<Response>;

export function jsonResponse(value: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(value), { headers: { "content-type": "application/json", ...headers } });
}

export function emptyResponse(status: number, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status, headers: { "content-length": "0", ...headers } });
}

/** The body's bytes, or undefined as soon as there are more than `limit`. */
export async function readBytes(
  body: ReadableStream<Uint8Array> | null,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (body === null) return new Uint8Array(0);
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.length;
      if (size > limit) return undefined;
      parts.push(next.value);
    }
  } finally {
    reader.releaseLock();
  }
  return concatenate(parts, size);
}

function concatenate(parts: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Content-Length as a number of bytes; undefined when it is absent or not a number. */
export function contentLength(headers: Headers): number | undefined {
  const text = headers.get("content-length");
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** A media type without its parameters, in lower case: `text/plain; charset=utf-8` is `text/plain`. */
export function mediaTypeOf(header: string | null): string {
  return (header ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}
