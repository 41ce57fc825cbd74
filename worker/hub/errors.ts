/**
 * The registry protocol's own errors: OCI Distribution 1.1 "Error Codes", the older codes that Docker's registry adds
 * and its clients know (TAG_INVALID, RANGE_INVALID, PAGINATION_NUMBER_INVALID), and one of ours for a full store.
 */

const CODES = {
  BLOB_UNKNOWN: [404, "blob unknown to registry"],
  BLOB_UPLOAD_INVALID: [400, "blob upload invalid"],
  BLOB_UPLOAD_UNKNOWN: [404, "blob upload unknown to registry"],
  DIGEST_INVALID: [400, "provided digest did not match uploaded content"],
  MANIFEST_BLOB_UNKNOWN: [400, "manifest references a manifest or blob unknown to registry"],
  MANIFEST_INVALID: [400, "manifest invalid"],
  MANIFEST_UNKNOWN: [404, "manifest unknown"],
  NAME_INVALID: [400, "invalid repository name"],
  NAME_UNKNOWN: [404, "repository name not known to registry"],
  PAGINATION_NUMBER_INVALID: [400, "invalid number of results requested"],
  RANGE_INVALID: [416, "invalid content range"],
  SIZE_INVALID: [400, "provided length did not match content length"],
  TAG_INVALID: [400, "invalid tag"],
  TOOMANYREQUESTS: [429, "too many requests"],
  UNAUTHORIZED: [401, "authentication required"],
  DENIED: [403, "requested access to the resource is denied"],
  UNSUPPORTED: [405, "the operation is unsupported"],
  INSUFFICIENT_STORAGE: [507, "the registry's storage is full"],
  UNAVAILABLE: [503, "service unavailable"],
  UNKNOWN: [500, "unknown error"],
} as const satisfies Record<string, readonly [status: number, message: string]>;

export type RegistryErrorCode = keyof typeof CODES;

export interface RegistryErrorOptions {
  /** Replaces the code's usual HTTP status. */
  readonly status?: number;
  readonly message?: string;
  readonly detail?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** An error that a client of the registry is told about, with its HTTP status, code and body. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  readonly code: RegistryErrorCode;
  readonly status: number;
  readonly detail: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: RegistryErrorCode, options: RegistryErrorOptions = {}) {
    super(
      options.message ?? CODES[code][1],
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.status = options.status ?? CODES[code][0];
    this.detail = options.detail;
    this.headers = options.headers ?? {};
  }
}

/**
 * A store has no room for what was to be written. Nothing of it was kept, and what was there is untouched. The
 * message says how much is missing.
 */
export class StorageFullError extends Error {
  override readonly name = "StorageFullError";
}

/** Anything thrown, as the registry's own error. What is not known becomes UNKNOWN without telling its insides. */
export function toRegistryError(error: unknown): RegistryError {
  if (error instanceof RegistryError) return error;
  if (error instanceof StorageFullError) {
    // Docker's engine sends a failed layer five times more, unless it finds the C library's words for ENOSPC.
    const message = `the registry's storage is full, no space left on device: ${error.message}`;
    return new RegistryError("INSUFFICIENT_STORAGE", { message, cause: error });
  }
  return new RegistryError("UNKNOWN", { cause: error });
}

/**
 * The error as a response. Docker's engine shows only the status line of a 5xx answer, so those carry their message as
 * reason phrase too: a server should send `statusText`.
 */
export function errorResponse(error: RegistryError): Response {
  const detail = error.detail === undefined ? {} : { detail: error.detail };
  const body = { errors: [{ code: error.code, message: error.message, ...detail }] };
  return new Response(JSON.stringify(body), {
    status: error.status,
    ...(error.status >= 500 ? { statusText: reasonPhrase(error.message) } : {}),
    headers: { "content-type": "application/json", ...error.headers },
  });
}

/** A message as RFC 9112's `reason-phrase`: one line of printable ASCII. */
function reasonPhrase(message: string): string {
  return message.replace(/[^\x20-\x7e]+/g, " ").slice(0, 200);
}
