/** The registry over node:http or node:https: streams both ways, each side as fast as the other takes it. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { errorResponse, RegistryError } from "../errors";
import { hasCode } from "../../../contract/errors";
import { HttpError } from "../../http/errors";
import type { HttpHandler, HttpRequest } from "../../http/server/handler";
import { parseHead, urlOf } from "../../http/server/head";
import { DEFAULT_HTTP_LIMITS } from "../../http/server/limits";

export interface ServeOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Key and certificate in PEM: then it is HTTPS. */
  readonly tls?: { readonly key: string; readonly cert: string } | undefined;
  /** How long a request's body may stand still, in milliseconds. */
  readonly silenceMs?: number;
  /** Hears of failures that no client can be told of any more. */
  readonly onError: (error: unknown) => void;
  /** Hears of every answer. */
  readonly onAnswer?: (request: { readonly method: string; readonly url: string }, status: number) => void;
}

export interface RunningServer {
  /** Such as `http://127.0.0.1:5000`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Stops listening and ends every connection. */
  close(): Promise<void>;
}

/** Listens. @throws Node's own error when the address is taken or not ours */
export async function serve(handler: HttpHandler, options: ServeOptions): Promise<RunningServer> {
  const scheme = options.tls === undefined ? "http" : "https";
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    answer(handler, options, scheme, request, response).catch((error: unknown) => {
      response.destroy();
      if (!isDisconnect(error)) options.onError(error);
    });
  };
  const server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
  // A push of a large layer through a slow machine takes longer than Node's five minutes.
  server.requestTimeout = 0;
  const port = await listen(server, options.host, options.port);
  return {
    url: `${scheme}://${hostOf(options.host)}:${port}`,
    port,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function answer(
  handler: HttpHandler,
  options: ServeOptions,
  scheme: "http" | "https",
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answered = await handle(handler, options, scheme, message);
  options.onAnswer?.({ method: message.method ?? "", url: message.url ?? "" }, answered.status);
  if (answered.statusText !== "") response.statusMessage = answered.statusText;
  response.writeHead(answered.status, Object.fromEntries(answered.headers));
  if (answered.body === null) response.end();
  else await pipeline(Readable.fromWeb(answered.body as NodeReadableStream<Uint8Array>), response);
  takeRest(message);
}

async function handle(
  handler: HttpHandler,
  { silenceMs = DEFAULT_HTTP_LIMITS.bodyMs }: ServeOptions,
  scheme: "http" | "https",
  message: IncomingMessage,
): Promise<Response> {
  let request: HttpRequest;
  try {
    request = toRequest(message, scheme, silenceMs);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    // Where such a message ends is not to be trusted either.
    const headers = { connection: "close" };
    return errorResponse(
      new RegistryError("UNSUPPORTED", { status: error.status, message: error.message, headers }),
    );
  }
  return handler(request).finally(() => message.setTimeout(0));
}

/** A client that sends all before it reads never comes to read the answer, unless what was refused is taken. */
function takeRest(message: IncomingMessage): void {
  // The web stream over it would pause it again as soon as it has some.
  message.removeAllListeners("data");
  message.resume();
}

/** @throws HttpError for what Node's parser lets through and RFC 9112 does not */
function toRequest(message: IncomingMessage, scheme: "http" | "https", silenceMs: number): HttpRequest {
  const { method = "", url = "", httpVersion, rawHeaders, socket } = message;
  const lines: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    lines.push(`${rawHeaders[at] ?? ""}: ${rawHeaders[at + 1] ?? ""}`);
  const head = parseHead(`${method} ${url} HTTP/${httpVersion}`, lines, DEFAULT_HTTP_LIMITS);
  let body: ReadableStream<Uint8Array> | undefined;
  return {
    method,
    url: urlOf(head, scheme, hostOf(socket.localAddress ?? "localhost")),
    headers: head.headers,
    // Made when it is asked for: an unread stream would hold the connection.
    get body() {
      if (head.framing.kind === "none") return null;
      body ??= bodyOf(message, silenceMs);
      return body;
    },
  };
}

function bodyOf(message: IncomingMessage, silenceMs: number): ReadableStream<Uint8Array> {
  // An upload whose client is gone without a word would be busy forever, and nobody could go on with it.
  message.setTimeout(silenceMs, () => message.destroy());
  message.once("end", () => message.setTimeout(0));
  return Readable.toWeb(message) as ReadableStream<Uint8Array>;
}

/** An address as it stands in a URL. */
function hostOf(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

/** The client went away in the middle: no news. */
function isDisconnect(error: unknown): boolean {
  return hasCode(
    error,
    "ERR_STREAM_PREMATURE_CLOSE",
    "ECONNRESET",
    "EPIPE",
    "ABORT_ERR",
    "ERR_STREAM_UNABLE_TO_PIPE",
  );
}
