/** One request to the daemon over a connection of its own, and the ends of its answer. */
import { ByteReader } from "../http/byte-reader";
import type { ByteConnection } from "../http/connection";
import { HttpError } from "../http/errors";
import type { HeaderField } from "../http/headers";
import { encodeRequest } from "../http/client/request";
import { readResponse } from "../http/client/response";
import { EngineError } from "./errors";

/** Opens a connection to the daemon's socket. */
export type EngineDial = (signal: AbortSignal | undefined) => Promise<ByteConnection>;

/** `["running"]` and so on; the daemon wants them as JSON in the query. */
export type EngineFilters = Readonly<Record<string, readonly string[]>>;
export type EngineQuery = Readonly<Record<string, string | number | boolean | EngineFilters | undefined>>;

export interface EngineCall {
  readonly method: "GET" | "POST" | "PUT" | "DELETE" | "HEAD";
  /** Without the version: `/containers/json`. */
  readonly path: string;
  readonly query?: EngineQuery;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

export interface EngineAnswer {
  readonly status: number;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Gives up what is left of the answer, and the connection. */
  close(): void;
}

/** The oldest version of the API that has all that is asked here, and that every daemon since 20.10 speaks. */
const API_VERSION = "v1.41";

/**
 * @throws EngineError `unreachable`, `bad-answer`, `aborted`
 */
export async function askEngine(dial: EngineDial, call: EngineCall): Promise<EngineAnswer> {
  const { signal } = call;
  let connection: ByteConnection | undefined;
  const close = (): void => {
    signal?.removeEventListener("abort", close);
    connection?.close();
  };
  try {
    signal?.throwIfAborted();
    connection = await dial(signal);
    signal?.addEventListener("abort", close);
    // The signal may have fired while the connection was made.
    signal?.throwIfAborted();
    await send(connection.writable, requestBytes(call));
    const { status, body } = await readResponse(new ByteReader(connection.readable), call.method);
    return { status, body, close };
  } catch (error) {
    close();
    throw engineError(error, signal);
  }
}

function requestBytes({ method, path, query, body }: EngineCall): Uint8Array<ArrayBuffer> {
  const headers: HeaderField[] = [
    ["Host", "docker"],
    ["Accept", "application/json"],
    ["Connection", "close"],
  ];
  const target = `/${API_VERSION}${path}${queryText(query ?? {})}`;
  if (body === undefined) return encodeRequest({ method, target, headers });
  headers.push(["Content-Type", "application/json"]);
  return encodeRequest({ method, target, headers, body: new TextEncoder().encode(JSON.stringify(body)) });
}

function queryText(query: EngineQuery): string {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined)
      fields.set(name, typeof value === "object" ? JSON.stringify(value) : String(value));
  }
  const text = fields.toString();
  return text === "" ? "" : `?${text}`;
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
  const message = error instanceof Error ? error.message : String(error);
  if (signal?.aborted === true) return new EngineError("aborted", "the call was cancelled", { cause: error });
  if (error instanceof HttpError && error.code !== "closed" && error.code !== "lost")
    return new EngineError("bad-answer", message, { cause: error });
  return new EngineError("unreachable", message, { cause: error });
}
