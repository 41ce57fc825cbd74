/** The registry over node:http or node:https: streams both ways, each side as fast as the other takes it. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, type Server } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type ReadableStream as NodeReadableStream } from "node:stream/web";
import { errorResponse, RegistryError } from "../errors";
import { hasCode } from "../../../contract/errors";
import type { HttpHandler, HttpRequest } from "../../http/server/handler";

export interface ServeOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Key and certificate in PEM: then it is HTTPS. */
  readonly tls?: { readonly key: string; readonly cert: string } | undefined;
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
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  return {
    url: `${scheme}://${host}:${port}`,
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
  scheme: string,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = toRequest(message, scheme);
  const answered =
    request === undefined
      ? errorResponse(new RegistryError("UNSUPPORTED", { status: 400, message: "malformed URL or Host" }))
      : await handler(request);
  options.onAnswer?.({ method: message.method ?? "", url: message.url ?? "" }, answered.status);
  if (answered.statusText !== "") response.statusMessage = answered.statusText;
  response.writeHead(answered.status, Object.fromEntries(answered.headers));
  if (answered.body === null) response.end();
  else await pipeline(Readable.fromWeb(answered.body as NodeReadableStream<Uint8Array>), response);
  // The client may still be sending what we refused. Take it, or it never reads the answer.
  message.resume();
}

function toRequest(message: IncomingMessage, scheme: string): HttpRequest | undefined {
  const { method = "GET", url = "/", headers, rawHeaders } = message;
  const origin = `${scheme}://${headers.host ?? "localhost"}`;
  if (!url.startsWith("/") || !URL.canParse(origin + url)) return undefined;
  const list = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    list.append(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "");
  const hasBody = headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
  let body: ReadableStream<Uint8Array> | undefined;
  return {
    method,
    url: origin + url,
    headers: list,
    // Made when it is asked for: a stream that nobody reads would hold the connection.
    get body() {
      if (!hasBody) return null;
      body ??= Readable.toWeb(message) as ReadableStream<Uint8Array>;
      return body;
    },
  };
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
