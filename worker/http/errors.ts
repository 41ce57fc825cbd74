/** The ways in which an exchange over HTTP fails. */
export type HttpErrorCode =
  /** What came is not HTTP/1.x, or its parts contradict one another. */
  | "bad-response"
  /** A head, a line or a body is longer than it may be. */
  | "too-large"
  /** The connection ended in the middle of a response, or before it. */
  | "closed"
  /** A request that cannot be written as HTTP: a line break in a header, a method that is no token. */
  | "bad-request";

export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly code: HttpErrorCode;

  constructor(code: HttpErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
