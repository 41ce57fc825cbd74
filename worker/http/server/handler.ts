/** What the server gives to a handler. */

/**
 * A request as it came. A `Request` is one; a plain object will do, and in a browser it is the better choice: not every
 * browser streams a `Request`'s body, and all of them strip headers such as Content-Length from it.
 */
export interface HttpRequest {
  readonly method: string;
  /** Absolute, with the scheme and the host that the client used. */
  readonly url: string;
  readonly headers: Headers;
  /** Read only if the answerer wants it; what is left of it is the server's to drop. */
  readonly body: ReadableStream<Uint8Array> | null;
}

/** Rejects with HttpError for what the client is told by its status; with anything else for a failure of the server. */
export type HttpHandler = (request: HttpRequest) => Promise<Response>;
