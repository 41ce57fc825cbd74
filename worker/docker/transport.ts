/** One question to the daemon over a connection of its own, and the ends of its answer. */
import { onAbort } from "../abort";
import { messageOf } from "../../contract/errors";
import { ByteReader } from "../http/byte-reader";
import { encodeRequest } from "../http/client/request";
import { readResponse } from "../http/client/response";
import type { ByteConnection } from "../http/connection";
import { HttpError } from "../http/errors";
import { EngineError } from "./errors";

/** Opens a connection to the daemon's socket. */
export type EngineDial = (signal: AbortSignal | undefined) => Promise<ByteConnection>;

export interface EngineAnswer {
  readonly status: number;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Gives up what is left of the answer, and the connection. */
  close(): void;
}

/** The oldest version of the API that has all that is asked here, and that every daemon since 20.10 speaks. */
const API_VERSION = "v1.41";

/**
 * `GET path`, without a version before it.
 * @throws EngineError `unreachable`, `bad-answer`, `aborted`
 */
export async function askEngine(
  dial: EngineDial,
  path: string,
  signal: AbortSignal | undefined,
): Promise<EngineAnswer> {
  let connection: ByteConnection | undefined;
  const forget = onAbort(signal, () => connection?.close());
  const close = (): void => {
    forget();
    connection?.close();
  };
  try {
    signal?.throwIfAborted();
    connection = await dial(signal);
    // The signal may have fired while the connection was made.
    signal?.throwIfAborted();
    await send(connection.writable, requestBytes(path));
    const { status, body } = await readResponse(new ByteReader(connection.readable), "GET");
    return { status, body, close };
  } catch (error) {
    close();
    throw engineError(error, signal);
  }
}

function requestBytes(path: string): Uint8Array<ArrayBuffer> {
  return encodeRequest({
    method: "GET",
    target: `/${API_VERSION}${path}`,
    headers: [
      ["Host", "docker"],
      ["Accept", "application/json"],
      ["Connection", "close"],
    ],
  });
}

async function send(writable: WritableStream<Uint8Array>, bytes: Uint8Array): Promise<void> {
  const writer = writable.getWriter();
  try {
    await writer.write(bytes);
  } finally {
    // Not closed: to a server, a client that half-closes may look like one that has gone.
    writer.releaseLock();
  }
}

/** Whatever went wrong on the way, as an `EngineError`. */
export function engineError(error: unknown, signal: AbortSignal | undefined): EngineError {
  if (error instanceof EngineError) return error;
  if (signal?.aborted === true) return new EngineError("aborted", "the call was cancelled", { cause: error });
  const isAnswer = error instanceof HttpError && error.code !== "closed" && error.code !== "lost";
  return new EngineError(isAnswer ? "bad-answer" : "unreachable", messageOf(error), { cause: error });
}
