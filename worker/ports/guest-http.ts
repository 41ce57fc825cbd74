/** A browser's part of HTTP towards the guest: cookies, redirects, connections that are kept, limits. */
import { onAbort } from "../abort";
import { HttpError } from "../http/errors";
import { fieldValue, fieldValues, type HeaderField, type HeaderFields } from "../http/headers";
import { encodeRequest } from "../http/client/request";
import { readResponse, type HttpResponse } from "../http/client/response";
import type { GuestHead, GuestRequest } from "../../contract/guest-request";
import { ConnectionPool, type PooledConnection, type PortDial } from "./connection-pool";
import { decodeBody } from "./content-encoding";
import { CookieJar } from "./cookie-jar";
import { GuestHttpError } from "./errors";
import { parseGuestUrl, portOf } from "./guest-url";
import { nextRequest, type AskedRequest } from "./redirect";
import { decodeField, encodeField } from "./utf8";

export interface GuestResponse {
  readonly head: GuestHead;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
}

export interface GuestHttpOptions {
  readonly dial: PortDial;
  /** Milliseconds that a server has for its answer's head. */
  readonly headMs?: number;
}

/** A server that starts inside an emulator takes its time; a learner's patience ends about here. */
const HEAD_MS = 60_000;
const MAX_REDIRECTS = 20;
/** Longer ones are refused anyway. */
const MAX_COOKIE = 4097;
/** RFC 9110 §9.2.2: what may be asked again when a kept connection turns out to be dead. */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"]);
/** The connection's own, and what only this side may say. */
const NOT_FROM_THE_PAGE =
  /^(?:host|connection|content-length|cookie2?|expect|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-.*)$/iu;
const NOT_FOR_THE_PAGE =
  /^(?:connection|content-length|content-encoding|keep-alive|set-cookie2?|trailer|transfer-encoding|upgrade|proxy-.*)$/iu;

export class GuestHttp {
  readonly #pool: ConnectionPool;
  readonly #jar = new CookieJar();
  readonly #headMs: number;

  constructor(options: GuestHttpOptions) {
    this.#pool = new ConnectionPool(options.dial);
    this.#headMs = options.headMs ?? HEAD_MS;
  }

  /** Open connections. */
  get connections(): number {
    return this.#pool.size;
  }

  /**
   * Asks a server in the guest, following its redirects if the request says so. The signal ends the body, too.
   * @throws GuestHttpError, or the signal's reason
   */
  async fetch(request: GuestRequest, signal: AbortSignal): Promise<GuestResponse> {
    let asked: AskedRequest = { ...request, url: parseGuestUrl(request.url) };
    for (let redirects = 0; ; redirects++) {
      const response = await this.#ask(asked, signal);
      for (const cookie of fieldValues(response.headers, "set-cookie")) this.#jar.set(asked.url, cookie);
      const next = request.redirect === "manual" ? undefined : nextRequest(asked, response);
      if (next === undefined) return this.#present(asked.url, redirects > 0, request.method, response);
      await response.body.cancel();
      if (request.redirect === "error")
        throw new GuestHttpError("bad-request", "a redirect that was not wanted");
      if (redirects >= MAX_REDIRECTS)
        throw new GuestHttpError("too-many-redirects", `more than ${MAX_REDIRECTS} redirects`);
      asked = next;
    }
  }

  /** What a page at `url` assigns to `document.cookie`. @throws GuestHttpError */
  setCookie(url: string, cookie: string): void {
    this.#jar.set(parseGuestUrl(url), encodeField(cookie.slice(0, MAX_COOKIE)), { script: true });
  }

  close(): void {
    this.#pool.close();
  }

  #present(url: URL, redirected: boolean, method: string, response: HttpResponse): GuestResponse {
    const head: GuestHead = {
      status: response.status,
      reason: response.reason,
      headers: response.headers.filter(([name]) => !NOT_FOR_THE_PAGE.test(name)),
      url: url.href,
      redirected,
      cookie: decodeField(this.#jar.get(url, { script: true })),
    };
    return { head, body: method === "HEAD" ? response.body : decodeBody(response) };
  }

  async #ask(request: AskedRequest, signal: AbortSignal): Promise<HttpResponse> {
    const { method, url, body } = request;
    const bytes = this.#encode(request.method, url, request.headers, body);
    const repeatable = IDEMPOTENT.has(method);
    for (let fresh = !repeatable; ; fresh = true) {
      const connection = await this.#pool.take(portOf(url), fresh, signal);
      try {
        return await this.#exchange(connection, bytes, method, signal);
      } catch (error) {
        connection.release(false);
        signal.throwIfAborted();
        // The server closed it while it was idle: the request was not seen by anybody.
        if (connection.used && !(error instanceof GuestHttpError)) continue;
        throw httpFailure(error, url);
      }
    }
  }

  async #exchange(
    connection: PooledConnection,
    bytes: Uint8Array,
    method: string,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const { reader, writable } = connection;
    const forget = onAbort(signal, () => connection.release(false));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new GuestHttpError("no-answer", `no answer within ${this.#headMs / 1000} seconds`));
      }, this.#headMs);
    });
    try {
      signal.throwIfAborted();
      const writer = writable.getWriter();
      const written = writer.write(bytes).finally(() => writer.releaseLock());
      // A server may answer and close before it has read a long body: what it said counts.
      written.catch(() => undefined);
      const response = await Promise.race([readResponse(reader, method), tooLate]);
      const over = async (): Promise<void> => {
        const reusable = await response.reusable;
        forget();
        connection.release(reusable);
      };
      void over();
      return response;
    } catch (error) {
      forget();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #encode(method: string, url: URL, given: HeaderFields, body: Uint8Array | undefined): Uint8Array {
    const headers: HeaderField[] = [["Host", url.host]];
    headers.push(...given.filter(([name]) => !NOT_FROM_THE_PAGE.test(name)));
    if (fieldValue(headers, "accept") === undefined) headers.push(["Accept", "*/*"]);
    const cookie = this.#jar.get(url);
    if (cookie !== "") headers.push(["Cookie", cookie]);
    headers.push(["Connection", "keep-alive"]);
    const needsLength = body === undefined && (method === "POST" || method === "PUT" || method === "PATCH");
    const sent = needsLength ? new Uint8Array(0) : body;
    try {
      const target = url.pathname + url.search;
      return encodeRequest({ method, target, headers, ...(sent === undefined ? {} : { body: sent }) });
    } catch (error) {
      throw httpFailure(error, url);
    }
  }
}

/** Whatever went wrong between the two ends, by the name that the page knows it by. */
function httpFailure(error: unknown, url: URL): GuestHttpError {
  if (error instanceof GuestHttpError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof HttpError) || error.code === "lost")
    return new GuestHttpError("closed", message, { cause: error });
  const where = `port ${portOf(url)}: ${message}`;
  if (error.code === "closed" || error.code === "bad-request")
    return new GuestHttpError(error.code, where, { cause: error });
  return new GuestHttpError("bad-response", where, { cause: error });
}
