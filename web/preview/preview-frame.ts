/** One frame, for one document: made, told what to open, listened to, and thrown away. */
import type { GuestRequest } from "../../contract/guest-request";
import { FRAME_GREETING, type PaneWord } from "./frame/messages";
import { parseFrameWord } from "./frame-words";
import type { Frame, FrameListener, KeptStorage, Patience } from "./preview-page";

/** Beside the page, under whatever path it is served from. */
export function frameUrl(): string {
  return new URL("preview-frame.html", document.baseURI).href;
}

/**
 * Scripts and forms, and nothing else: no origin (so none of the app's storage, cookies or DOM, and no service worker),
 * no way to the window above, no new windows, no downloads.
 */
const SANDBOX = "allow-scripts allow-forms allow-modals";

/**
 * Without a network the frame's file comes from the service worker, and browsers ask it for no frame that has no origin
 * to begin with. So this one has one until its document is there: the service worker sends it with a policy that takes the
 * origin away, the frame's program works in no other document, and what the frame loads later is under `SANDBOX` again.
 */
const SANDBOX_UNTIL_LOADED = `${SANDBOX} allow-same-origin`;

/** The last frame's file did not come over the network. */
let isUnreachable = false;

function isKeptHere(): boolean {
  const hasWorker = "serviceWorker" in navigator && navigator.serviceWorker.controller !== null;
  return hasWorker && (isUnreachable || !navigator.onLine);
}

/** How often a loading frame is pinged, in milliseconds. */
const PING_INTERVAL = 1_000;

export class PreviewFrame implements Frame {
  readonly id: number;
  readonly #element = document.createElement("iframe");
  readonly #control = new MessageChannel();
  readonly #patience: Patience;
  readonly #listener: FrameListener;
  #hasSpoken = false;
  #watch: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(id: number, host: Element, title: string, patience: Patience, listener: FrameListener) {
    this.id = id;
    this.#patience = patience;
    this.#listener = listener;
    this.#element.setAttribute("sandbox", isKeptHere() ? SANDBOX_UNTIL_LOADED : SANDBOX);
    this.#element.setAttribute("allow", "");
    this.#element.referrerPolicy = "no-referrer";
    this.#element.title = title;
    this.#element.hidden = true;
    this.#element.src = frameUrl();
    this.#control.port1.onmessage = ({ data, ports }: MessageEvent<unknown>) => {
      const word = parseFrameWord(data);
      if (this.#closed) return;
      this.#hasSpoken = true;
      this.#pingLater();
      if (word !== undefined) listener.onWord(word, ports[0]);
    };
    const greet = (): void => {
      this.#element.setAttribute("sandbox", SANDBOX);
      // The frame has no origin to name here. It can only be our file: `frame-src` admits no other.
      this.#element.contentWindow?.postMessage(FRAME_GREETING, "*", [this.#control.port2]);
    };
    this.#element.addEventListener("load", greet, { once: true });
    host.append(this.#element);
    this.#expectWord(patience.first);
  }

  open(request: GuestRequest, storage: KeptStorage): void {
    this.#say({ type: "open", request, storage });
  }

  traverse(entry: number): void {
    this.#say({ type: "traverse", entry });
  }

  show(title: string): void {
    this.#element.hidden = false;
    clearTimeout(this.#watch);
    this.#element.title = title;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#watch);
    this.#control.port1.close();
    this.#element.remove();
  }

  #expectWord(patience: number): void {
    this.#watch = setTimeout(() => {
      // Another try goes the other way.
      if (!this.#hasSpoken) isUnreachable = !isUnreachable;
      this.#listener.onSilence(!this.#hasSpoken);
    }, patience);
  }

  #pingLater(): void {
    clearTimeout(this.#watch);
    const { later } = this.#patience;
    if (later === undefined || !this.#element.hidden) return;
    this.#watch = setTimeout(() => {
      this.#say({ type: "ping" });
      this.#expectWord(later);
    }, PING_INTERVAL);
  }

  #say(word: PaneWord): void {
    this.#control.port1.postMessage(word);
  }
}
