/** One frame, for one document: made, told what to open, listened to, and thrown away. */
import type { GuestRequest } from "../../worker/protocol";
import { FRAME_GREETING, type FrameWord, type PaneWord, type StorageArea } from "./frame/messages";
import { parseFrameWord } from "./frame-words";

/** Beside the page, under whatever path it is served from. */
export function frameUrl(): string {
  return new URL("preview-frame.html", document.baseURI).href;
}

/**
 * Scripts and forms, and nothing else: no origin (so none of the app's storage, cookies or DOM, and no service worker),
 * no way to the window above, no new windows, no downloads.
 */
const SANDBOX = "allow-scripts allow-forms allow-modals";

export type KeptStorage = Readonly<Record<StorageArea, Readonly<Record<string, string>>>>;
export interface FrameListener {
  onWord(word: FrameWord, port: MessagePort | undefined): void;
  /** The frame's program does not answer: the file is not there, or the host's headers keep it from running. */
  onSilence(): void;
}

export class PreviewFrame {
  readonly id: number;
  readonly #element = document.createElement("iframe");
  readonly #control = new MessageChannel();
  readonly #silence: ReturnType<typeof setTimeout>;
  #closed = false;

  /** @param patience in milliseconds; a frame asks for its document as soon as it runs, and comes from this very site */
  constructor(id: number, host: Element, title: string, patience: number, listener: FrameListener) {
    this.id = id;
    this.#element.className = "preview__frame";
    this.#element.setAttribute("sandbox", SANDBOX);
    this.#element.setAttribute("allow", "");
    this.#element.referrerPolicy = "no-referrer";
    this.#element.title = title;
    this.#element.hidden = true;
    this.#element.src = frameUrl();
    this.#control.port1.onmessage = ({ data, ports }: MessageEvent<unknown>) => {
      const word = parseFrameWord(data);
      clearTimeout(this.#silence);
      if (word !== undefined && !this.#closed) listener.onWord(word, ports[0]);
    };
    const greet = (): void => {
      // The frame has no origin that could be named here. What it is, is known: `frame-src` admits one file alone.
      this.#element.contentWindow?.postMessage(FRAME_GREETING, "*", [this.#control.port2]);
    };
    this.#element.addEventListener("load", greet, { once: true });
    host.append(this.#element);
    this.#silence = setTimeout(() => listener.onSilence(), patience);
  }

  open(request: GuestRequest, storage: KeptStorage): void {
    this.#say({ type: "open", request, storage });
  }

  traverse(entry: number): void {
    this.#say({ type: "traverse", entry });
  }

  show(title: string): void {
    this.#element.hidden = false;
    this.#element.title = title;
  }

  focus(): void {
    this.#element.focus();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#silence);
    this.#control.port1.close();
    this.#element.remove();
  }

  #say(word: PaneWord): void {
    this.#control.port1.postMessage(word);
  }
}

/** Admits the frame's one file, where the page's own policy admits any of its site. */
export function narrowFramePolicy(): void {
  const meta = document.createElement("meta");
  meta.httpEquiv = "Content-Security-Policy";
  meta.content = `frame-src ${frameUrl()}`;
  document.head.append(meta);
}
