/**
 * An HTTP/1.1 server over connections such as the LAN's (RFC 9110, RFC 9112): one request after another on each, bodies
 * streamed both ways, each side as fast as the other takes it.
 */
import { messageOf } from "../../../contract/errors";
import { ByteReader, type Clock } from "../byte-reader";
import { HttpError } from "../errors";
import { readFieldLines } from "../head";
import { RequestBody } from "./body";
import type { HttpHandler } from "./handler";
import { parseHead, type RequestHead, urlOf } from "./head";
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from "./limits";
import { BrokenResponse, type ByteSink, sendResponse } from "./response";

/** Empty lines that a client may send before a request (RFC 9112 section 2.2). */
const BLANK_LINES = 4;
/** How long a client that was refused may go on sending before the connection is reset under it. */
const LINGER_MS = 10_000;

const CONTINUE = new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n");

/** A client's connection. Nothing is read ahead of what is asked for, and writes wait for the client to take them. */
export interface ServerConnection {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  /** Our end, which stands in for a host that the client does not name. */
  readonly local: { readonly address: string };
  /** Ends both ways at once. */
  abort(): void;
}

export interface HttpServerOptions {
  readonly handler: HttpHandler;
  /** What the client speaks to this face: a TLS terminator before it makes it `https`. */
  readonly scheme: "http" | "https";
  readonly clock: Clock;
  /** Milliseconds since 1970, for the Date field. */
  readonly wallClock: () => number;
  readonly limits?: Partial<HttpLimits>;
  /** Hears of what the handler throws, and of bodies that break off. The client is told 500 or reset. */
  readonly onError: (error: unknown) => void;
}

/** Answers a connection's requests until either side ends it. Never rejects. */
export async function serveHttp(connection: ServerConnection, options: HttpServerOptions): Promise<void> {
  const conversation = new Conversation(connection, options);
  try {
    await conversation.run();
  } catch (error) {
    connection.abort();
    // A client that goes away in the middle, or stops sending what is not wanted, is not an error.
    if (!(error instanceof HttpError)) options.onError(error);
  }
}

/** What happens to the connection after an answer. */
type Next = "again" | "close" | "linger";

class Conversation {
  readonly #connection: ServerConnection;
  readonly #options: HttpServerOptions;
  readonly #limits: HttpLimits;
  readonly #reader: ByteReader;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #sink: ByteSink;

  constructor(connection: ServerConnection, options: HttpServerOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#limits = { ...DEFAULT_HTTP_LIMITS, ...options.limits };
    this.#reader = new ByteReader(connection.readable, options.clock);
    this.#writer = connection.writable.getWriter();
    // The writer's own `closed` says nothing that a write does not.
    this.#writer.closed.catch(() => undefined);
    this.#sink = { write: (bytes) => overConnection(this.#writer.write(bytes)) };
  }

  async run(): Promise<void> {
    let next: Next = "again";
    while (next === "again") {
      this.#reader.within(this.#limits.idleMs);
      if (!(await this.#reader.wait())) break;
      next = await this.#answerNext();
    }
    const closing = overConnection(this.#writer.close());
    // Awaited below: until then its failure must not count as unhandled.
    closing.catch(() => undefined);
    if (next === "linger") await this.#linger();
    await this.#reader.cancel();
    await closing;
  }

  async #answerNext(): Promise<Next> {
    let head: RequestHead | undefined;
    let url: string;
    try {
      head = await this.#readHead();
      url = urlOf(head, this.#options.scheme, this.#connection.local.address);
    } catch (error) {
      if (!(error instanceof HttpError) || error.code === "lost") throw error;
      await this.#send(head, failure(error.status, error.message), false);
      return "linger";
    }
    return this.#answer(head, url);
  }

  async #readHead(): Promise<RequestHead> {
    const first = this.#reader.peek();
    // Docker tries TLS first at a registry without: it must not have to wait for the rest of what will be no head.
    if (first !== undefined && !isTextual(first)) throw new HttpError("malformed", "this is not HTTP");
    const { headBytes, headerCount, headMs, targetBytes } = this.#limits;
    this.#reader.within(headMs);
    let line = "";
    for (let blanks = 0; line === ""; blanks += 1) {
      if (blanks > BLANK_LINES) throw new HttpError("malformed", "there is no request line");
      // The method, the version and two spaces around the target.
      line = await this.#reader.line(targetBytes + 64, 414);
    }
    const fields = await readFieldLines(this.#reader, headBytes - line.length, headerCount);
    return parseHead(line, fields, this.#limits);
  }

  async #answer(head: RequestHead, url: string): Promise<Next> {
    const { handler } = this.#options;
    const body = new RequestBody({
      reader: this.#reader,
      framing: head.framing,
      limits: this.#limits,
      onFirstRead: async () => {
        if (head.expectsContinue) await this.#sink.write(CONTINUE);
      },
    });
    const request = {
      method: head.method,
      url,
      headers: head.headers,
      get body() {
        return body.stream;
      },
    };
    let response = await this.#call(handler, request);
    // What the client has not sent on our "continue" it may send or not: the connection is of no more use.
    const mayGoOn = (): boolean =>
      head.persistent && (body.ended || (body.canDrain && (body.begun || !head.expectsContinue)));
    let persistent: boolean;
    try {
      persistent = await this.#send(head, response, mayGoOn());
    } catch (error) {
      if (isLost(error) || error instanceof BrokenResponse) throw error;
      this.#options.onError(error);
      response = failure(500, "the answer could not be made");
      persistent = await this.#send(head, response, false);
    }
    if (!body.ended) {
      if (!persistent) return "linger";
      await body.drain();
    }
    return persistent ? "again" : "close";
  }

  async #call(handler: HttpHandler, request: Parameters<HttpHandler>[0]): Promise<Response> {
    try {
      return await handler(request);
    } catch (error) {
      if (isLost(error)) throw error;
      if (error instanceof HttpError) return failure(error.status, error.message);
      this.#options.onError(error);
      return failure(500, "the request could not be answered");
    }
  }

  #send(head: RequestHead | undefined, response: Response, persistent: boolean): Promise<boolean> {
    return sendResponse(this.#sink, response, {
      method: head?.method ?? "GET",
      minor: head?.minor ?? 1,
      persistent,
      date: new Date(this.#options.wallClock()),
    });
  }

  /**
   * Takes what the client still sends for a while: closed at once, the connection would be reset under it, and the
   * answer lost (RFC 9112 section 9.6).
   */
  async #linger(): Promise<void> {
    this.#reader.within(LINGER_MS);
    try {
      while ((await this.#reader.some()) !== undefined);
    } catch (error) {
      if (isLost(error)) throw error;
      this.#connection.abort();
    }
  }
}

/** A failure of the connection is told from the handler's by its code. @throws HttpError `lost` */
async function overConnection<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new HttpError("lost", messageOf(cause), { cause });
  }
}

function isLost(error: unknown): boolean {
  return error instanceof HttpError && error.code === "lost";
}

/** A letter or sign of ASCII, or the end of an empty line. */
function isTextual(byte: number): boolean {
  return (byte > 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d;
}

function failure(status: number, message: string): Response {
  const body = new TextEncoder().encode(`${message}\n`);
  const headers = { "content-type": "text/plain; charset=utf-8", "content-length": String(body.length) };
  return new Response(body, { status, headers });
}
