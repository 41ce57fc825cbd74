/**
 * The program of the preview's frame. It runs in a sandboxed document without an origin (docs/preview.md), asks the
 * machine for a document, and writes it into its own place, so that the page's scripts run in this realm, with this
 * realm's `fetch` and storage.
 */
import { fieldValues } from "../../../worker/http/headers";
import type { GuestHead } from "../../../contract/guest-request";
import { AskError, type Answer } from "./ask";
import { decoderFor, documentType, sniffCharset, type DocumentType } from "./document-kind";
import { Elements } from "./elements";
import { createEventSource } from "./event-source";
import { createFrame, type Frame } from "./frame";
import { FRAME_GREETING, type FrameWord, type PaneWord } from "./messages";
import { markMarkup } from "./markup";
import { IMPORT_NAME, Modules } from "./modules";
import { nativeMethod, toText } from "./natives";
import { Navigation } from "./navigation";
import { installNetwork } from "./network";
import { PageAddress } from "./page-address";
import { PageHistory } from "./page-history";
import { installStorage } from "./page-storage";
import { DocumentPreparer } from "./prepare-document";
import { Resources } from "./resources";
import { createXmlHttpRequest } from "./xml-http-request";

/** A larger document is cut off here. */
const MAX_DOCUMENT_BYTES = 32 * 1024 * 1024;

/**
 * With a real origin this program would run untrusted pages with that origin's rights, so it refuses to work outside a
 * sandbox. It takes orders only from its parent, and only if that is of the site which it came from.
 */
if (self.origin === "null" && window.parent !== window) {
  const greet = (event: MessageEvent): void => {
    const [control] = event.ports;
    if (event.source !== window.parent || event.origin !== location.origin) return;
    if (event.data !== FRAME_GREETING || control === undefined) return;
    window.removeEventListener("message", greet);
    serve(control);
  };
  window.addEventListener("message", greet);
}

function serve(control: MessagePort): void {
  let pageHistory: PageHistory | undefined;
  control.onmessage = ({ data }: MessageEvent<PaneWord>) => {
    if (data.type === "traverse") pageHistory?.traverse(data.entry);
    else if (data.type === "ping") control.postMessage({ type: "alive" } satisfies FrameWord);
    else void open(data);
  };

  async function open({ request, storage }: Extract<PaneWord, { type: "open" }>): Promise<void> {
    const frame = createFrame(new PageAddress(location.origin, new URL(request.url)), control);
    let answer: Answer;
    try {
      answer = await frame.ask(request);
    } catch (error) {
      const failure = error instanceof AskError ? error.failure : "bad-request";
      frame.say({ type: "failed", url: request.url, failure, message: String(error) });
      return;
    }
    const { head } = answer;
    frame.address.moveTo(new URL(head.url));
    const type = documentType(head);
    if (type.kind === "none") {
      await answer.body.cancel();
      frame.say({ type: "no-content" });
    } else if (type.kind === "download") {
      const bytes = await readAll(answer.body);
      frame.say({ type: "download", url: head.url, name: type.name, bytes }, [bytes.buffer]);
    } else if (type.kind === "html") {
      const html = await readHtml(answer, type);
      pageHistory = new PageHistory(frame);
      await showPage(frame, html, head, pageHistory, storage);
    } else {
      pageHistory = new PageHistory(frame);
      pageHistory.install();
      frame.say({ type: "arrived", url: head.url, status: head.status });
      await showFile(answer, type);
      frame.say({ type: "loaded" });
    }
  }
}

async function showPage(
  frame: Frame,
  html: string,
  head: GuestHead,
  pageHistory: PageHistory,
  storage: Extract<PaneWord, { type: "open" }>["storage"],
): Promise<void> {
  const resources = new Resources(frame);
  const modules = new Modules(frame, resources);
  const navigation = new Navigation(frame);
  let title = "";
  const tellTitle = (): void => {
    if (document.title === title) return;
    ({ title } = document);
    frame.say({ type: "title", title });
  };
  const elements = new Elements(frame, resources, modules, tellTitle);
  const onLoad = (): void => frame.say({ type: "loaded" });
  const listen = (): void => {
    pageHistory.listen();
    navigation.listen();
    window.addEventListener("load", onLoad);
    elements.watch();
  };

  pageHistory.install();
  const prepared = await new DocumentPreparer(frame, resources, modules).prepare(html);
  installStorage(frame, storage);
  const guestFetch = installNetwork(frame);
  Object.assign(window, {
    XMLHttpRequest: createXmlHttpRequest(guestFetch),
    EventSource: createEventSource(guestFetch),
    [IMPORT_NAME]: (base: string, specifier: unknown) => modules.importFrom(base, specifier),
  });
  withdraw();
  navigation.install();
  elements.install();
  const write = patchWriting(listen);
  frame.say({ type: "arrived", url: head.url, status: head.status });
  document.open();
  write(prepared);
  document.close();
}

/**
 * Removes what does not work in a sandbox and what would bypass this program. Pages check for such features before they
 * use them.
 */
function withdraw(): void {
  Reflect.deleteProperty(Navigator.prototype, "serviceWorker");
  for (const name of ["caches", "RTCPeerConnection", "webkitRTCPeerConnection", "RTCDataChannel"])
    Reflect.deleteProperty(window, name);
}

/** Writing opens a new document, which drops the listeners. The result writes prepared markup as it is. */
function patchWriting(listen: () => void): (html: string) => void {
  const open = nativeMethod(Document.prototype, "open");
  const write = nativeMethod(Document.prototype, "write");
  const patched = {
    open(this: Document, ...args: unknown[]): unknown {
      const opened = open.call(this, ...args);
      if (this === document) listen();
      return opened;
    },
    write(this: Document, ...texts: unknown[]): void {
      write.call(this, markMarkup(texts.map(toText).join("")));
      if (this === document) listen();
    },
    writeln(this: Document, ...texts: unknown[]): void {
      patched.write.call(this, ...texts, "\n");
    },
  };
  Object.assign(Document.prototype, patched);
  return (html) => write.call(document, html);
}

async function readHtml({ body }: Answer, { charset }: DocumentType): Promise<string> {
  const bytes = await readAll(body);
  return decoderFor(charset ?? sniffCharset(bytes)).decode(bytes);
}

/** Everything that arrived. If a document breaks off, its beginning is shown, as browsers do. */
async function readAll(body: Answer["body"]): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const reader = body.getReader();
  let length = 0;
  try {
    while (length < MAX_DOCUMENT_BYTES) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      length += value.length;
    }
    if (length >= MAX_DOCUMENT_BYTES) await reader.cancel();
  } catch (error) {
    reportError(error);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** A document that is not HTML: text as it arrives, or media. */
async function showFile({ head, body }: Answer, { kind, charset }: DocumentType): Promise<void> {
  document.documentElement.style.colorScheme = "light dark";
  if (kind === "text") {
    const pre = document.createElement("pre");
    pre.style.cssText = "margin: 0; padding: 0.5rem; overflow-wrap: anywhere; white-space: pre-wrap";
    document.body.replaceChildren(pre);
    const decoder = decoderFor(charset ?? "utf-8");
    const reader = body.getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read())
      pre.append(decoder.decode(piece.value, { stream: true }));
    return;
  }
  const element = document.createElement(kind === "image" ? "img" : kind === "video" ? "video" : "audio");
  const [type = ""] = fieldValues(head.headers, "content-type");
  element.src = URL.createObjectURL(new Blob([await readAll(body)], { type }));
  element.style.cssText = "display: block; max-width: 100%; margin: auto";
  if (element instanceof HTMLMediaElement) element.controls = true;
  document.body.replaceChildren(element);
}
