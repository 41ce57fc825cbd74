/** The ways in which an exchange over HTTP fails. */
export type HttpErrorCode =
  /** What came is not HTTP/1.x, or its parts contradict one another. */
  | "malformed"
  /** A head, a line or a body is longer than it may be. */
  | "too-large"
  /** What had to come by a certain time did not. */
  | "too-slow"
  /** HTTP, but a part of it that is not spoken here. */
  | "unsupported"
  /** The stream ended in the middle of a message, or before it. */
  | "closed"
  /** The connection itself failed; `cause` says how. */
  | "lost"
  /** A request that cannot be written as HTTP: a line break in a header, a method that is no token. */
  | "bad-request";

/** What a server answers, unless the error names a better status (RFC 9110 §15). */
const STATUSES: Readonly<Record<HttpErrorCode, number>> = {
  malformed: 400,
  "too-large": 413,
  "too-slow": 408,
  unsupported: 501,
  closed: 400,
  lost: 400,
  "bad-request": 400,
};

export interface HttpErrorOptions {
  readonly status?: number | undefined;
  readonly cause?: unknown;
}

export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly code: HttpErrorCode;
  readonly status: number;

  constructor(code: HttpErrorCode, message: string, options: HttpErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status ?? STATUSES[code];
  }
}
