/** The ways in which a question to the Docker Engine fails. */
export type EngineErrorCode =
  /** No connection to the daemon, or it was lost before the answer was whole. */
  | "unreachable"
  /** The daemon answered with an error. */
  | "refused"
  /** What came is not HTTP, not JSON, or not what the API's documentation says. */
  | "bad-answer"
  /** The call's signal fired. */
  | "aborted";

export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
