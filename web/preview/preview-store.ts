/**
 * The preview as an external store: what is shown, what is loading, and the history. Two frames at most: the one
 * on show, and the one that is loading and takes its place once its document is there.
 */
import type { GuestRequest } from "../../contract/guest-request";
import { Store, type StoreView } from "../store";
import { isRunning, type MachineClient, type MachineSnapshot } from "../vm/machine-client";
import { parseAddress, type ParsedAddress } from "./address";
import type { FrameWord } from "./frame/messages";
import type { Frame, Patience, PreviewPage, Violation } from "./preview-page";
import { EMPTY_PREVIEW, type PreviewSnapshot, type PreviewView } from "./preview-snapshot";
import { StorageShelf } from "./storage-shelf";
import { enter, NO_VISITS, presentVisit, step, visit, type Visits } from "./visits";

/** How a document that arrives goes into the history. */
type Arrival = { readonly kind: "new" | "replace" } | { readonly kind: "at"; readonly index: number };

interface Pending {
  readonly frame: Frame;
  readonly request: GuestRequest;
  readonly arrival: Arrival;
}

const PATIENCE: Patience = { first: 15_000, later: undefined };
/** While another page is shown. Frames share a process: an endless loop in that page stops this frame, too. */
const PATIENCE_BESIDE_A_PAGE: Patience = { first: 4_000, later: 4_000 };
/** Chromium ends a process about 2 s after its last frame. A frame made earlier would get the same process. */
const PROCESS_END = 3_000;

/** The part of the machine that the preview needs. */
export type PreviewMachine = Pick<MachineClient, "guest"> &
  StoreView<Pick<MachineSnapshot, "status" | "ports">>;

export class PreviewStore extends Store<PreviewSnapshot> {
  readonly #machine: PreviewMachine;
  readonly #page: PreviewPage;
  readonly #shelf = new StorageShelf();
  #host: Element | undefined;
  #visits: Visits = NO_VISITS;
  #shown: Frame | undefined;
  #pending: Pending | undefined;
  #lastId = 0;
  #frameTitle = "";
  #secondTry: ReturnType<typeof setTimeout> | undefined;

  constructor(machine: PreviewMachine, page: PreviewPage) {
    super(EMPTY_PREVIEW);
    this.#machine = machine;
    this.#page = page;
    page.onViolation((violation) => this.#onViolation(violation));
    let wasRunning = false;
    machine.subscribe(() => {
      const { status, ports } = machine.getSnapshot();
      const running = isRunning(status);
      if (wasRunning && !running) this.#reset();
      wasRunning = running;
      this.#retryWhenPublished(ports);
    });
  }

  /** Where frames are put; `title` is a frame's name for screen readers. What was shown before is loaded again. */
  attach(host: Element, title: string): () => void {
    this.#host = host;
    this.#frameTitle = title;
    if (presentVisit(this.#visits) !== undefined && this.#shown === undefined) this.reload();
    return () => {
      this.#host = undefined;
      this.#closeFrames();
      if (this.getSnapshot().view.kind === "page")
        this.#update({ view: { kind: "empty" }, loading: undefined });
    };
  }

  /** Goes to what was typed; the answer says why not. */
  type(text: string): ParsedAddress {
    const present = presentVisit(this.#visits);
    const parsed = parseAddress(text, present === undefined ? undefined : new URL(present.url));
    if (parsed.kind === "address") this.open(parsed.url);
    return parsed;
  }

  open(url: URL): void {
    const isSame = presentVisit(this.#visits)?.url === url.href;
    this.#load(documentRequest(url.href), { kind: isSame ? "replace" : "new" });
  }

  reload(): void {
    const present = presentVisit(this.#visits);
    if (present !== undefined) this.#load(present.request, { kind: "at", index: this.#visits.at });
  }

  stop(): void {
    this.#closePending();
    this.#update({
      loading: undefined,
      address: presentVisit(this.#visits)?.url ?? this.getSnapshot().address,
    });
  }

  go(delta: number): void {
    const index = step(this.#visits, delta);
    const target = this.#visits.all[index];
    if (target === undefined || index === this.#visits.at) return;
    if (this.#shown !== undefined && target.document === this.#shown.id) {
      this.stop();
      this.#visits = { ...this.#visits, at: index };
      this.#shown.traverse(target.entry);
      this.#update({ address: target.url });
    } else this.#load(target.request, { kind: "at", index });
  }

  dismissNotice(): void {
    const { notice } = this.getSnapshot();
    if (notice?.kind === "download") URL.revokeObjectURL(notice.href);
    this.#update({ notice: undefined });
  }

  #load(request: GuestRequest, arrival: Arrival): void {
    this.#closePending();
    this.dismissNotice();
    this.#update({ loading: request.url, address: request.url });
    if (this.#host === undefined) {
      // It is loaded when the pane is there.
      this.#arrive(request, request.url, arrival, 0);
      return;
    }
    const patience = this.#shown === undefined ? PATIENCE : PATIENCE_BESIDE_A_PAGE;
    const frame: Frame = this.#page.createFrame(++this.#lastId, this.#host, this.#frameTitle, patience, {
      onWord: (word, port) => this.#onWord(frame, word, port),
      onSilence: (before) => this.#onSilence(frame, before),
    });
    this.#pending = { frame, request, arrival };
    frame.open(request, this.#shelf.of(new URL(request.url).origin));
  }

  #onSilence(frame: Frame, before: boolean): void {
    if (frame !== this.#pending?.frame) return;
    const { request, arrival } = this.#pending;
    // What a form sent may have arrived: only the reader may send it twice.
    if (this.#shown === undefined || (!before && request.method !== "GET")) {
      const message = "the frame's program does not answer";
      this.#fail(this.#pending, request.url, "no-frame", message);
      return;
    }
    this.#closeFrames();
    this.#update({ view: { kind: "empty" }, title: "" });
    this.#secondTry = setTimeout(() => this.#load(request, arrival), PROCESS_END);
  }

  #onWord(frame: Frame, word: FrameWord, port: MessagePort | undefined): void {
    if (word.type === "request") {
      if (port !== undefined) this.#request(word.request, port);
    } else if (frame === this.#pending?.frame) this.#onPendingWord(this.#pending, word);
    else if (frame === this.#shown) this.#onShownWord(word);
  }

  #onPendingWord({ frame, request, arrival }: Pending, word: FrameWord): void {
    switch (word.type) {
      case "arrived":
        this.#pending = undefined;
        this.#shown?.close();
        this.#shown = frame;
        frame.show(this.#frameTitle);
        this.#arrive(request, word.url, arrival, frame.id);
        this.#update({ view: { kind: "page", status: word.status }, address: word.url, title: "" });
        return;
      case "failed":
        this.#fail({ frame, request, arrival }, word.url, word.failure, word.message);
        return;
      case "download":
        this.stop();
        this.dismissNotice();
        this.#update({ notice: { kind: "download", name: word.name, href: untypedBlob(word.bytes) } });
        return;
      case "no-content":
        this.stop();
    }
  }

  #fail(
    { frame, request, arrival }: Pending,
    url: string,
    failure: Extract<PreviewView, { kind: "failed" }>["failure"],
    message: string,
  ): void {
    this.#closeFrames();
    this.#arrive(request, url, arrival, frame.id);
    const view = { kind: "failed", url, failure, message } as const;
    this.#update({ view, loading: undefined, address: url, title: "" });
  }

  #onShownWord(word: FrameWord): void {
    switch (word.type) {
      case "loaded":
        if (this.#pending === undefined) this.#update({ loading: undefined });
        return;
      case "title":
        this.#update({ title: word.title });
        return;
      case "go":
        this.#load(word.request, { kind: "new" });
        return;
      case "outside":
        this.#update({ notice: { kind: "outside", url: word.url } });
        return;
      case "pushed":
      case "replaced":
        this.#visits = enter(this.#visits, word.url, word.type === "pushed");
        this.#update({ address: this.getSnapshot().loading ?? word.url });
        return;
      case "go-history":
        if (word.delta === 0) this.reload();
        else this.go(word.delta);
        return;
      case "cookie":
        // A machine that is gone keeps no cookies.
        this.#machine.guest.setCookie(word.url, word.cookie).catch(() => undefined);
        return;
      case "stored":
        this.#shelf.put(this.#origin(), word.area, word.key, word.value);
    }
  }

  #request(request: GuestRequest, answer: MessagePort): void {
    this.#machine.guest.request(request, answer).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      answer.postMessage({ type: "failed", failure: "closed", message });
    });
  }

  #arrive(request: GuestRequest, url: string, arrival: Arrival, document: number): void {
    // A redirect from a form's answer is asked for by GET when it is asked for again.
    const again: GuestRequest =
      url === request.url ? request : { ...request, method: "GET", body: undefined, url };
    const next = { request: again, url, document, entry: 0 };
    if (arrival.kind === "at") {
      this.#visits = { all: this.#visits.all.with(arrival.index, next), at: arrival.index };
    } else this.#visits = visit(this.#visits, next, arrival.kind === "replace");
  }

  /**
   * The page has tried to take its frame elsewhere by itself (`location.href = "/next"`): the browser forbids it, says
   * where it led, and leaves an empty frame behind. So the pane goes there. Of other origins it is told no more than
   * the origin.
   */
  #onViolation({ effectiveDirective, blockedURI }: Violation): void {
    if (effectiveDirective !== "frame-src" || this.#shown === undefined || this.#pending !== undefined)
      return;
    const blocked = URL.canParse(blockedURI) ? new URL(blockedURI) : undefined;
    const isOwn = blocked?.origin === this.#page.origin;
    const guest = isOwn ? this.#origin() + blocked.pathname + blocked.search : blockedURI;
    const parsed = parseAddress(guest);
    if (parsed.kind === "address") {
      this.open(parsed.url);
      return;
    }
    this.reload();
    this.#update({ notice: { kind: "outside", url: blockedURI } });
  }

  /** A port that was closed listens now. */
  #retryWhenPublished(ports: readonly { readonly port: number }[]): void {
    const { view } = this.getSnapshot();
    if (view.kind !== "failed" || view.failure !== "refused" || this.#pending !== undefined) return;
    const { port } = new URL(view.url);
    if (ports.some((published) => String(published.port) === (port === "" ? "80" : port))) this.reload();
  }

  #origin(): string {
    return new URL(presentVisit(this.#visits)?.url ?? "http://localhost/").origin;
  }

  #closePending(): void {
    clearTimeout(this.#secondTry);
    this.#pending?.frame.close();
    this.#pending = undefined;
  }

  #closeFrames(): void {
    this.#closePending();
    this.#shown?.close();
    this.#shown = undefined;
  }

  /** The machine has gone, with its servers, their cookies and all that their pages kept. */
  #reset(): void {
    this.#closeFrames();
    this.dismissNotice();
    this.#visits = NO_VISITS;
    this.#shelf.clear();
    this.#update(EMPTY_PREVIEW);
  }

  #update(change: Partial<PreviewSnapshot>): void {
    const { at, all } = this.#visits;
    this.update({ ...change, canGoBack: at > 0, canGoForward: at < all.length - 1 });
  }
}

function documentRequest(url: string): GuestRequest {
  return {
    method: "GET",
    url,
    headers: [
      ["Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/*;q=0.8,*/*;q=0.7"],
      ["Accept-Language", navigator.languages.join(", ")],
      ["User-Agent", navigator.userAgent],
    ],
    redirect: "follow",
  };
}

function untypedBlob(bytes: Uint8Array<ArrayBuffer>): string {
  return URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
}
