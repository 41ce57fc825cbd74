/** The ways in which a question to the Docker Engine fails. */
export type EngineErrorCode =
  /** No connection to the daemon, or it was lost before the answer was whole. */
  | "unreachable"
  /** The daemon answered with an error: `status` and its own message. */
  | "refused"
  /** What came is not HTTP, not JSON, or not what the API's documentation says. */
  | "bad-answer"
  /** The call's signal fired. */
  | "aborted";

export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: EngineErrorCode;
  /** The HTTP status, of `refused`. */
  readonly status: number | undefined;

  constructor(code: EngineErrorCode, message: string, options: { status?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status;
  }
}
