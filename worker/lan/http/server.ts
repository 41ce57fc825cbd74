/**
 * An HTTP/1.1 server over the LAN's connections (RFC 9110, RFC 9112): one request after another on each, bodies
 * streamed both ways, each side as fast as the other takes it.
 */
import type { Clock } from "../clock";
import { LanError } from "../errors";
import type { Connection } from "../tcp/streams";
import { RequestBody } from "./body";
import { ByteReader } from "./byte-reader";
import { parseHead, type RequestHead, urlOf } from "./head";
import { DEFAULT_HTTP_LIMITS, HttpError, type HttpHandler, type HttpLimits } from "./message";
import { BrokenResponse, type ByteSink, sendResponse } from "./response";

/** Empty lines that a client may send before a request (RFC 9112 section 2.2). */
const BLANK_LINES = 4;
/** How long a client that was refused may go on sending before the connection is reset under it. */
const LINGER_MS = 10_000;

const CONTINUE = new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n");

export interface HttpServerOptions {
  readonly handler: HttpHandler;
  /** What the client speaks to this face: a TLS terminator before it makes it `https`. */
  readonly scheme: "http" | "https";
  /** The LAN's. */
  readonly clock: Clock;
  /** Milliseconds since 1970, for the Date field. */
  readonly wallClock: () => number;
  readonly limits?: Partial<HttpLimits>;
  /** Hears of what the handler throws, and of bodies that break off. The client is told 500 or reset. */
  readonly onError: (error: unknown) => void;
}

/** Answers a connection's requests until either side ends it. Never rejects. */
export async function serveHttp(connection: Connection, options: HttpServerOptions): Promise<void> {
  const conversation = new Conversation(connection, options);
  try {
    await conversation.run();
  } catch (error) {
    connection.abort();
    // A client that goes away in the middle, or stops in the middle of what nobody wants, is no news.
    if (!(error instanceof LanError) && !(error instanceof HttpError)) options.onError(error);
  }
}

/** What happens to the connection after an answer. */
type Next = "again" | "close" | "linger";

class Conversation {
  readonly #connection: Connection;
  readonly #options: HttpServerOptions;
  readonly #limits: HttpLimits;
  readonly #reader: ByteReader;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #sink: ByteSink;

  constructor(connection: Connection, options: HttpServerOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#limits = { ...DEFAULT_HTTP_LIMITS, ...options.limits };
    this.#reader = new ByteReader(connection.readable, options.clock);
    this.#writer = connection.writable.getWriter();
    // The writer's own `closed` says nothing that a write does not.
    this.#writer.closed.catch(() => undefined);
    this.#sink = { write: (bytes) => this.#writer.write(bytes) };
  }

  async run(): Promise<void> {
    let next: Next = "again";
    while (next === "again") {
      if (!(await this.#reader.wait(this.#in(this.#limits.idleMs)))) break;
      next = await this.#answerNext();
    }
    const closing = this.#writer.close();
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
      if (!(error instanceof HttpError)) throw error;
      await this.#refuse(head, error);
      return "linger";
    }
    return this.#answer(head, url);
  }

  async #readHead(): Promise<RequestHead> {
    const first = this.#reader.peek();
    // Docker tries TLS first at a registry without: it must not have to wait for the rest of what will be no head.
    if (first !== undefined && !isTextual(first)) throw new HttpError(400, "this is not HTTP");
    const until = this.#in(this.#limits.headMs);
    const { headBytes, targetBytes } = this.#limits;
    const lines: string[] = [];
    let left = headBytes;
    let blanks = 0;
    for (;;) {
      const isFirst = lines.length === 0;
      // The method, the version and two spaces around the target.
      const most = isFirst ? targetBytes + 64 : left;
      const line = await this.#reader.line(most, until, () =>
        isFirst
          ? new HttpError(414, "the request line is too long")
          : new HttpError(431, "the header fields are too long"),
      );
      if (line === "") {
        if (!isFirst) return parseHead(lines, this.#limits);
        blanks += 1;
        if (blanks > BLANK_LINES) throw new HttpError(400, "there is no request line");
        continue;
      }
      left -= line.length + 2;
      if (left < 0) throw new HttpError(431, "the header fields are too long");
      if (lines.push(line) > this.#limits.headerCount + 1) throw new HttpError(431, "too many header fields");
    }
  }

  async #answer(head: RequestHead, url: string): Promise<Next> {
    const { handler, clock } = this.#options;
    const body = new RequestBody({
      reader: this.#reader,
      length: head.body,
      limits: this.#limits,
      clock,
      onFirstRead: async () => {
        if (head.expectsContinue) await this.#writer.write(CONTINUE);
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
      if (error instanceof LanError || error instanceof BrokenResponse) throw error;
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
      if (error instanceof HttpError) return failure(error.status, error.message);
      if (error instanceof LanError) throw error;
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

  async #refuse(head: RequestHead | undefined, error: HttpError): Promise<void> {
    await this.#send(head, failure(error.status, error.message), false);
  }

  /**
   * Takes what the client still sends for a while: closed at once, the connection would be reset under it, and the
   * answer lost (RFC 9112 section 9.6).
   */
  async #linger(): Promise<void> {
    const until = this.#in(LINGER_MS);
    try {
      while ((await this.#reader.take(Infinity, until)) !== undefined);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      this.#connection.abort();
    }
  }

  #in(ms: number): number {
    return this.#options.clock.now() + ms;
  }
}

/** A letter or sign of ASCII, or the end of an empty line. */
function isTextual(byte: number): boolean {
  return (byte > 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d;
}

function failure(status: number, message: string): Response {
  const text = `${message}\n`;
  const headers = { "content-type": "text/plain; charset=utf-8", "content-length": String(text.length) };
  return new Response(text, { status, headers });
}
