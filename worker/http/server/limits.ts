/** What one client may ask of the server. Sizes in bytes, times in milliseconds. */
export interface HttpLimits {
  /** Request line: 414 above it. */
  readonly targetBytes: number;
  /** Request line and headers together: 431 above it. */
  readonly headBytes: number;
  readonly headerCount: number;
  /** A body that announces or has more is refused with 413. */
  readonly bodyBytes: number;
  /** A head that has begun must be whole by then: 408. */
  readonly headMs: number;
  /** A body must go on by then: 408. */
  readonly bodyMs: number;
  /** A connection on which nothing is asked is closed then. */
  readonly idleMs: number;
  /** The unread rest of a body is taken in up to here, to keep the connection. */
  readonly drainBytes: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  targetBytes: 16 * 1024,
  headBytes: 64 * 1024,
  headerCount: 200,
  bodyBytes: 8 * 1024 ** 3,
  headMs: 30_000,
  bodyMs: 120_000,
  idleMs: 120_000,
  drainBytes: 256 * 1024,
};
