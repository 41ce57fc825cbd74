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
    #bytes: Uint8Array<ArrayBuffer> | undefined;
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
      return this.#bytes === undefined ? "" : new TextDecoder(this.#charset()).decode(this.#bytes);
    }

    get responseXML(): Document | null {
      const bytes = this.#bytes;
      if (this.readyState !== DONE || bytes === undefined) return null;
      const type = /html/iu.test(this.#type()) ? "text/html" : "application/xml";
      return new DOMParser().parseFromString(new TextDecoder(this.#charset()).decode(bytes), type);
    }

    get response(): unknown {
      if (this.responseType === "" || this.responseType === "text") return this.responseText;
      if (this.readyState !== DONE || this.#bytes === undefined) return null;
      return (this.#response ??= this.#decode(this.#bytes));
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
        // `abort()` has told the page already, and an answer to an older `send` is nobody's.
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
      let bytes = new Uint8Array(0);
      for (;;) {
        const piece = await reader?.read();
        signal.throwIfAborted();
        if (piece?.value === undefined) break;
        const longer = new Uint8Array(bytes.length + piece.value.length);
        longer.set(bytes);
        longer.set(piece.value, bytes.length);
        bytes = longer;
        this.#bytes = bytes;
        this.#become(LOADING);
        this.#fire("progress", bytes.length, total);
      }
      this.#bytes = bytes;
    }

    #end(how: "load" | "error" | "abort" | "timeout"): void {
      this.#become(DONE);
      const loaded = this.#bytes?.length ?? 0;
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
      this.#bytes = undefined;
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
