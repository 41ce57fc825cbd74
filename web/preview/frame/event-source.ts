/** `EventSource` on top of the page's `fetch` (HTML standard, "server-sent events"). */
import type { GuestFetch } from "./network";

const RETRY_MS = 3000;

/** Takes the lines of a stream apart; one for each connection. */
export class EventStreamParser {
  #rest = "";
  #data: string[] = [];
  #type = "";
  lastId = "";
  /** What the server asked for, in milliseconds. */
  retry: number | undefined;

  /** The events that are complete with this piece. */
  push(text: string): { readonly type: string; readonly data: string; readonly id: string }[] {
    const events = [];
    // A carriage return at the end may be half of a line's end.
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/u);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line !== "") this.#field(line);
      else {
        if (this.#data.length > 0)
          events.push({
            type: this.#type === "" ? "message" : this.#type,
            data: this.#data.join("\n"),
            id: this.lastId,
          });
        this.#data = [];
        this.#type = "";
      }
    }
    return events;
  }

  #field(line: string): void {
    const [, name = line, value = ""] = /^([^:]*):? ?([^]*)$/u.exec(line) ?? [];
    if (name === "data") this.#data.push(value);
    else if (name === "event") this.#type = value;
    else if (name === "id" && !value.includes("\0")) this.lastId = value;
    else if (name === "retry" && /^\d+$/u.test(value)) this.retry = Number(value);
  }
}

/** The class for `window.EventSource`. */
export function createEventSource(
  guestFetch: GuestFetch,
): new (url: string | URL, init?: EventSourceInit) => EventTarget {
  class GuestEventSource extends EventTarget {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSED = 2;
    readonly CONNECTING = 0;
    readonly OPEN = 1;
    readonly CLOSED = 2;
    readonly url: string;
    readonly withCredentials: boolean;
    readyState = 0;
    onopen: ((event: Event) => unknown) | null = null;
    onmessage: ((event: Event) => unknown) | null = null;
    onerror: ((event: Event) => unknown) | null = null;
    readonly #abort = new AbortController();

    constructor(url: string | URL, init: EventSourceInit = {}) {
      super();
      this.url = new URL(url, document.baseURI).href;
      this.withCredentials = init.withCredentials ?? false;
      this.addEventListener("open", (event) => this.onopen?.(event));
      this.addEventListener("message", (event) => this.onmessage?.(event));
      this.addEventListener("error", (event) => this.onerror?.(event));
      void this.#run();
    }

    close(): void {
      this.readyState = 2;
      this.#abort.abort();
    }

    async #run(): Promise<void> {
      let lastId = "";
      let wait = RETRY_MS;
      for (;;) {
        const parser = new EventStreamParser();
        parser.lastId = lastId;
        try {
          const headers = {
            Accept: "text/event-stream",
            ...(lastId === "" ? {} : { "Last-Event-ID": lastId }),
          };
          const response = await guestFetch(this.url, { headers, signal: this.#abort.signal });
          const type = response.headers.get("content-type") ?? "";
          if (response.status !== 200 || !/^text\/event-stream\b/iu.test(type)) {
            await response.body?.cancel();
            break;
          }
          this.readyState = 1;
          this.dispatchEvent(new Event("open"));
          await this.#read(response, parser);
        } catch {
          // A connection that is lost is made again, below.
        }
        lastId = parser.lastId;
        wait = parser.retry ?? wait;
        if (this.#abort.signal.aborted) return;
        this.readyState = 0;
        this.dispatchEvent(new Event("error"));
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
      if (this.readyState === 2) return;
      this.close();
      this.dispatchEvent(new Event("error"));
    }

    async #read(response: Response, parser: EventStreamParser): Promise<void> {
      const reader = response.body?.getReader();
      const decoder = new TextDecoder();
      for (let piece = await reader?.read(); piece?.value !== undefined; piece = await reader?.read()) {
        for (const { type, data, id } of parser.push(decoder.decode(piece.value, { stream: true })))
          this.dispatchEvent(new MessageEvent(type, { data, lastEventId: id, origin: location.origin }));
      }
    }
  }
  return GuestEventSource;
}
