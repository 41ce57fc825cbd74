/** `XMLHttpRequest` on top of the page's `fetch` (the XMLHttpRequest standard). Synchronous requests are refused. */
import type { GuestFetch } from "./network";

const UNSENT = 0;
const OPENED = 1;
const HEADERS_RECEIVED = 2;
const LOADING = 3;
const DONE = 4;

const EVENTS = [
  "readystatechange",
  "loadstart",
  "progress",
  "load",
  "error",
  "abort",
  "timeout",
  "loadend",
] as const;
type Handler = ((this: unknown, event: Event) => unknown) | null;

/** The class for `window.XMLHttpRequest`. */
export function createXmlHttpRequest(guestFetch: GuestFetch): typeof EventTarget {
  class GuestXmlHttpRequest extends EventTarget {
    static readonly UNSENT = UNSENT;
    static readonly OPENED = OPENED;
    static readonly HEADERS_RECEIVED = HEADERS_RECEIVED;
    static readonly LOADING = LOADING;
    static readonly DONE = DONE;
    readonly UNSENT = UNSENT;
    readonly OPENED = OPENED;
    readonly HEADERS_RECEIVED = HEADERS_RECEIVED;
    readonly LOADING = LOADING;
    readonly DONE = DONE;

    readyState = UNSENT;
    status = 0;
    statusText = "";
    responseURL = "";
    responseType: XMLHttpRequestResponseType = "";
    timeout = 0;
    withCredentials = false;
    readonly upload = new EventTarget();
    #method = "GET";
    #url = "";
    #headers = new Headers();
    #answer = new Headers();
    #mimeType: string | undefined;
    /** What has come of the body; undefined before it begins. One piece once somebody has looked at it. */
    #pieces: Uint8Array<ArrayBuffer>[] | undefined;
    #response: unknown;
    #abort: AbortController | undefined;

    constructor() {
      super();
      for (const name of EVENTS) {
        let handler: Handler = null;
        this.addEventListener(name, (event) => handler?.call(this, event));
        Object.defineProperty(this, `on${name}`, {
          get: () => handler,
          set: (value: unknown) => {
            handler = typeof value === "function" ? (value as Handler) : null;
          },
        });
      }
    }

    open(method: string, url: string | URL, isAsync = true): void {
      if (!isAsync)
        throw new DOMException("synchronous requests are not supported here", "InvalidAccessError");
      this.#abort?.abort();
      this.#method = method;
      this.#url = String(url);
      this.#headers = new Headers();
      this.#clear();
      this.#become(OPENED);
    }

    setRequestHeader(name: string, value: string): void {
      if (this.readyState !== OPENED) throw new DOMException("not opened", "InvalidStateError");
      this.#headers.append(name, value);
    }

    overrideMimeType(type: string): void {
      this.#mimeType = type;
    }

    getResponseHeader(name: string): string | null {
      return this.#answer.get(name);
    }

    getAllResponseHeaders(): string {
      return [...this.#answer].map(([name, value]) => `${name}: ${value}\r\n`).join("");
    }

    send(body: Document | XMLHttpRequestBodyInit | null = null): void {
      if (this.readyState !== OPENED || this.#abort !== undefined)
        throw new DOMException("not opened, or sent already", "InvalidStateError");
      void this.#exchange(body instanceof Document ? new XMLSerializer().serializeToString(body) : body);
    }

    abort(): void {
      const running = this.#abort;
      this.#abort = undefined;
      running?.abort();
      if (running !== undefined && this.readyState !== DONE) this.#end("abort");
      this.readyState = UNSENT;
    }

    get responseText(): string {
      if (this.responseType !== "" && this.responseType !== "text")
        throw new DOMException("the response is not text", "InvalidStateError");
      const bytes = this.#bytes();
      return bytes === undefined ? "" : new TextDecoder(this.#charset()).decode(bytes);
    }

    get responseXML(): Document | null {
      const bytes = this.#bytes();
      if (this.readyState !== DONE || bytes === undefined) return null;
      const type = /html/iu.test(this.#type()) ? "text/html" : "application/xml";
      return new DOMParser().parseFromString(new TextDecoder(this.#charset()).decode(bytes), type);
    }

    get response(): unknown {
      if (this.responseType === "" || this.responseType === "text") return this.responseText;
      const bytes = this.readyState === DONE ? this.#bytes() : undefined;
      return bytes === undefined ? null : (this.#response ??= this.#decode(bytes));
    }

    /** The body so far. Put together here and not at each piece, which would copy a large one again and again. */
    #bytes(): Uint8Array<ArrayBuffer> | undefined {
      if (this.#pieces === undefined) return undefined;
      const [first, ...more] = this.#pieces;
      // Its buffer is handed out, and must have nothing else in it.
      if (first !== undefined && more.length === 0 && first.length === first.buffer.byteLength) return first;
      const whole = new Uint8Array(this.#pieces.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const piece of this.#pieces) {
        whole.set(piece, at);
        at += piece.length;
      }
      this.#pieces = [whole];
      return whole;
    }

    #decode(bytes: Uint8Array<ArrayBuffer>): unknown {
      switch (this.responseType) {
        case "arraybuffer":
          return bytes.buffer;
        case "blob":
          return new Blob([bytes], { type: this.#type() });
        case "document":
          return this.responseXML;
        default:
          try {
            return JSON.parse(new TextDecoder().decode(bytes));
          } catch {
            // As the standard has it: no error, and no response.
            return null;
          }
      }
    }

    async #exchange(body: XMLHttpRequestBodyInit | null): Promise<void> {
      const abort = new AbortController();
      this.#abort = abort;
      const limit = this.timeout > 0 ? setTimeout(() => abort.abort("timeout"), this.timeout) : undefined;
      this.#fire("loadstart");
      try {
        const method = this.#method.toUpperCase();
        const sent = method === "GET" || method === "HEAD" ? null : body;
        const response = await guestFetch(this.#url, {
          method,
          headers: this.#headers,
          body: sent,
          signal: abort.signal,
        });
        this.status = response.status;
        this.statusText = response.statusText;
        this.responseURL = response.url;
        this.#answer = response.headers;
        this.#become(HEADERS_RECEIVED);
        await this.#read(response, abort.signal);
        this.#end("load");
      } catch {
        // `abort()` has told the page already, and nothing waits for an answer to an older `send`.
        if (this.#abort !== abort) return;
        this.#clear();
        this.#end(abort.signal.reason === "timeout" ? "timeout" : "error");
      } finally {
        clearTimeout(limit);
        if (this.#abort === abort) this.#abort = undefined;
      }
    }

    async #read(response: Response, signal: AbortSignal): Promise<void> {
      const reader = response.body?.getReader();
      const total = Number(response.headers.get("content-length") ?? 0);
      this.#pieces = [];
      let loaded = 0;
      for (;;) {
        const piece = await reader?.read();
        signal.throwIfAborted();
        if (piece?.value === undefined) break;
        this.#pieces.push(piece.value);
        loaded += piece.value.length;
        this.#become(LOADING);
        this.#fire("progress", loaded, total);
      }
    }

    #end(how: "load" | "error" | "abort" | "timeout"): void {
      this.#become(DONE);
      const loaded = (this.#pieces ?? []).reduce((sum, { length }) => sum + length, 0);
      this.#fire(how, loaded, loaded);
      this.#fire("loadend", loaded, loaded);
    }

    #become(state: number): void {
      this.readyState = state;
      this.dispatchEvent(new Event("readystatechange"));
    }

    #fire(name: string, loaded = 0, total = 0): void {
      this.dispatchEvent(new ProgressEvent(name, { loaded, total, lengthComputable: total > 0 }));
    }

    #clear(): void {
      this.status = 0;
      this.statusText = "";
      this.responseURL = "";
      this.#answer = new Headers();
      this.#pieces = undefined;
      this.#response = undefined;
    }

    #type(): string {
      return this.#mimeType ?? this.#answer.get("content-type") ?? "text/xml";
    }

    #charset(): string {
      return /charset=["']?([\w-]+)/iu.exec(this.#type())?.[1] ?? "utf-8";
    }
  }
  return GuestXmlHttpRequest;
}
