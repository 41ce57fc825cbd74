/** The ways in which a connection or a call on the LAN fails. */
export type LanErrorCode =
  /** The other side answered that nobody listens there. */
  | "refused"
  /** The other side ended the connection by RST. */
  | "reset"
  /** The other side has not answered for as long as the connection bears. */
  | "timeout"
  /** There is no way to that address. */
  | "unreachable"
  /** This side ended the connection by `abort()`. */
  | "aborted"
  /** The LAN itself was closed. */
  | "closed"
  /** Somebody listens on that address and port already, or no local port is left. */
  | "address-in-use"
  /** An address, a port or a size that is not one. */
  | "bad-argument";

/** An error of the LAN, known by its `code`. */
export class LanError extends Error {
  override readonly name = "LanError";
  readonly code: LanErrorCode;

  constructor(code: LanErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
