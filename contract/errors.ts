/**
 * Every failure that a learner can meet, as a named code. Errors cross the worker's boundary by
 * `serialiseError`/`parseError`: structured clone and comlink keep only name, message and stack.
 */
import { z } from "zod";

export const ERROR_CODES = [
  /** The browser has no WebAssembly, or the page's policy forbids it. */
  "no-webassembly",
  /** The page came over plain HTTP, where browsers withhold what the chunks are verified with. */
  "insecure-origin",
  /** The machine's memory could not be allocated. */
  "out-of-memory",
  /** The network is away, or the server answers with an error. */
  "network",
  /** A chunk is missing, truncated or altered, after all retries. */
  "bad-chunk",
  /** The manifest is not what its schema says. */
  "bad-manifest",
  /** The manifest, the snapshot or the page's protocol is of another version. */
  "version-mismatch",
  /** The snapshot could not be restored into this emulator. */
  "bad-snapshot",
  /** The guest's agent did not answer, or said something that is not its protocol. */
  "agent",
  /** What was kept of a machine, or a file of it, is damaged. */
  "bad-save",
  /** There is no room in the browser's storage for what should be kept. */
  "no-room",
  /** The browser keeps nothing for this page: a private window, or storage that is switched off. */
  "no-storage",
  /** Another tab has this session. */
  "session-in-use",
  /** Another tab has taken this session over. */
  "session-taken",
  /** The worker ended: every pending call is rejected with this. */
  "worker-died",
  /** The call was cancelled by its AbortSignal. */
  "aborted",
  /** A call came at a time or with a value that it may not have. */
  "bad-request",
  /** Anything that has no name above. */
  "internal",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** An error with a code and, where one thing is to blame, its name (a chunk's digest, an artefact, a URL). */
export class DrydockError extends Error {
  override readonly name = "DrydockError";
  readonly code: ErrorCode;
  readonly subject: string | undefined;

  constructor(code: ErrorCode, message: string, options: { subject?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.subject = options.subject;
  }
}

const serialisedErrorSchema = z.object({
  code: z.enum(ERROR_CODES),
  message: z.string(),
  subject: z.string().optional(),
  stack: z.string().optional(),
});

/** The shape of an error on the wire: plain data, safe for structured clone. */
export type SerialisedError = z.infer<typeof serialisedErrorSchema>;

/** Turns anything thrown into plain data. What is not a `DrydockError` becomes `internal`. */
export function serialiseError(error: unknown): SerialisedError {
  if (error instanceof DrydockError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.subject === undefined ? {} : { subject: error.subject }),
      ...(error.stack === undefined ? {} : { stack: error.stack }),
    };
  }
  if (error instanceof Error) {
    const code: ErrorCode = error.name === "AbortError" ? "aborted" : "internal";
    return { code, message: error.message, ...(error.stack === undefined ? {} : { stack: error.stack }) };
  }
  return { code: "internal", message: describe(error) };
}

/** The way back. Never throws: what is not a serialised error becomes an `internal` one that says so. */
export function parseError(value: unknown): DrydockError {
  const parsed = serialisedErrorSchema.safeParse(value);
  if (!parsed.success) return new DrydockError("internal", `an error of unknown shape: ${describe(value)}`);
  const { code, message, subject, stack } = parsed.data;
  const error = new DrydockError(code, message, subject === undefined ? {} : { subject });
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** Anything thrown as a `DrydockError`: one stays what it is, anything else becomes `internal` or `aborted`. */
export function toDrydockError(error: unknown): DrydockError {
  return error instanceof DrydockError ? error : parseError(serialiseError(error));
}

/** Whether an error of the system (Node's, the LAN's) has one of these codes: `ENOENT`. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : describe(error);
}

/** `String(value)`, which itself throws for an object without a prototype. */
function describe(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
