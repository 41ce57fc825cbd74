import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { GuestRequest } from "../../contract/guest-request";
import type { MachineStatus, PublishedPort } from "../../contract/protocol";
import { Store } from "../store";
import type { FrameWord } from "./frame/messages";
import type { Frame, FrameListener, KeptStorage, PreviewPage, Violation } from "./preview-page";
import { PreviewStore, type PreviewMachine } from "./preview-store";

class TestMachine
  extends Store<{ readonly status: MachineStatus; readonly ports: readonly PublishedPort[] }>
  implements PreviewMachine
{
  readonly cookies: string[] = [];
  readonly asked: string[] = [];
  answers = true;

  constructor() {
    super({ status: { kind: "ready" }, ports: [] });
  }
  become(kind: "ready" | "paused" | "booting"): void {
    this.update({ status: { kind } });
  }
  publish(port: number): void {
    this.update({ ports: [{ port, containerPort: 80, container: "web", image: "nginx" }] });
  }
  readonly guest: PreviewMachine["guest"] = {
    request: ({ url }) => {
      this.asked.push(url);
      return this.answers ? Promise.resolve() : Promise.reject(new Error("gone"));
    },
    setCookie: (url, cookie) => {
      this.cookies.push(`${url} ${cookie}`);
      return Promise.resolve();
    },
  };
}

class TestFrame implements Frame {
  readonly id: number;
  readonly listener: FrameListener;
  readonly log: string[] = [];
  storage: KeptStorage | undefined;
  constructor(id: number, listener: FrameListener) {
    this.id = id;
    this.listener = listener;
  }
  open(request: GuestRequest, storage: KeptStorage): void {
    this.storage = storage;
    this.log.push(`open ${request.method} ${request.url}`);
  }
  traverse(entry: number): void {
    this.log.push(`traverse ${entry}`);
  }
  show(): void {
    this.log.push("show");
  }
  close(): void {
    this.log.push("close");
  }
  say(word: FrameWord, port?: MessagePort): void {
    this.listener.onWord(word, port);
  }
}

class TestPage implements PreviewPage {
  readonly origin = "https://drydock.example";
  readonly frames: TestFrame[] = [];
  violate: (violation: Violation) => void = () => undefined;

  createFrame(id: number, _host: Element, _title: string, _patience: object, listener: FrameListener): Frame {
    const frame = new TestFrame(id, listener);
    this.frames.push(frame);
    return frame;
  }
  onViolation(listener: (violation: Violation) => void): void {
    this.violate = listener;
  }
  get last(): TestFrame {
    const frame = this.frames.at(-1);
    if (frame === undefined) throw new Error("there is no frame");
    return frame;
  }
}

const A = "http://localhost:8080/a";
const B = "http://localhost:8080/b";
const HOST = {} as Element;

function setUp(): {
  machine: TestMachine;
  page: TestPage;
  store: PreviewStore;
  detach: () => void;
  /** Opens an address, whose document arrives. */
  visit: (url: string) => TestFrame;
} {
  const machine = new TestMachine();
  const page = new TestPage();
  const store = new PreviewStore(machine, page);
  const detach = store.attach(HOST, "page");
  machine.become("paused");
  machine.become("ready");
  return {
    machine,
    page,
    store,
    detach,
    visit: (url) => {
      store.open(new URL(url));
      page.last.say({ type: "arrived", url, status: 200 });
      page.last.say({ type: "loaded" });
      return page.last;
    },
  };
}

describe("PreviewStore", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("navigator", { languages: ["en"], userAgent: "a browser" });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("shows a document once it is there, in place of the one before", () => {
    const { page, store, visit } = setUp();
    const first = visit(A);
    expect(store.getSnapshot()).toMatchObject({
      view: { kind: "page", status: 200 },
      loading: undefined,
      address: A,
      canGoBack: false,
    });
    store.open(new URL(B));
    expect(store.getSnapshot()).toMatchObject({ view: { kind: "page" }, loading: B, address: B });
    expect(first.log).toEqual([`open GET ${A}`, "show"]);
    page.last.say({ type: "arrived", url: B, status: 404 });
    expect(first.log.at(-1)).toBe("close");
    expect(store.getSnapshot()).toMatchObject({ view: { kind: "page", status: 404 }, canGoBack: true });
  });

  it("goes nowhere for what is no address of the machine's", () => {
    const { page, store } = setUp();
    expect(store.type("https://example.com/").kind).toBe("outside");
    expect(page.frames).toEqual([]);
    expect(store.type("8080/a").kind).toBe("address");
    expect(page.last.log).toEqual([`open GET ${A}`]);
  });

  it("goes back and forward: within a document by its own history, to another one by loading it", () => {
    const { page, store, visit } = setUp();
    visit(A);
    const second = visit(B);
    second.say({ type: "pushed", url: `${B}#x` });
    expect(store.getSnapshot().address).toBe(`${B}#x`);
    store.go(-1);
    expect(second.log.at(-1)).toBe("traverse 0");
    store.go(-1);
    expect(page.last).not.toBe(second);
    expect(page.last.log).toEqual([`open GET ${A}`]);
    page.last.say({ type: "arrived", url: A, status: 200 });
    expect(store.getSnapshot()).toMatchObject({ address: A, canGoBack: false, canGoForward: true });
  });

  it("stops what is on its way, and stays where it is", () => {
    const { page, store, visit } = setUp();
    visit(A);
    store.open(new URL(B));
    const loading = page.last;
    store.stop();
    expect(loading.log.at(-1)).toBe("close");
    loading.say({ type: "arrived", url: B, status: 200 });
    expect(store.getSnapshot()).toMatchObject({ loading: undefined, address: A });
  });

  it("says what failed, and tries again by itself once somebody listens there", () => {
    const { machine, page, store } = setUp();
    store.open(new URL(A));
    page.last.say({ type: "failed", url: A, failure: "refused", message: "nobody" });
    expect(store.getSnapshot()).toMatchObject({ view: { kind: "failed", failure: "refused" }, address: A });
    machine.publish(81);
    expect(page.frames).toHaveLength(1);
    machine.publish(8080);
    expect(page.last.log).toEqual([`open GET ${A}`]);
    page.last.say({ type: "arrived", url: A, status: 200 });
    expect(store.getSnapshot()).toMatchObject({ view: { kind: "page" }, canGoBack: false });
  });

  it("makes a silent frame beside a page anew, when the page's process has ended", () => {
    const { page, store, visit } = setUp();
    const shown = visit(A);
    store.open(new URL(B));
    page.last.listener.onSilence(true);
    expect(shown.log.at(-1)).toBe("close");
    expect(store.getSnapshot().view.kind).toBe("empty");
    const made = page.frames.length;
    vi.advanceTimersByTime(2_900);
    expect(page.frames).toHaveLength(made);
    vi.advanceTimersByTime(200);
    expect(page.last.log).toEqual([`open GET ${B}`]);
    page.last.listener.onSilence(true);
    expect(store.getSnapshot().view).toMatchObject({ kind: "failed", failure: "no-frame" });
  });

  it("sends a form no second time by itself", () => {
    const { page, store, visit } = setUp();
    const form = { method: "POST", url: B, headers: [], body: Uint8Array.of(1), redirect: "follow" } as const;
    visit(A).say({ type: "go", request: form });
    expect(page.last.log).toEqual([`open POST ${B}`]);
    page.last.listener.onSilence(false);
    vi.runAllTimers();
    expect(page.last.log).toEqual([`open POST ${B}`, "close"]);
    expect(store.getSnapshot().view).toMatchObject({ kind: "failed", failure: "no-frame" });
  });

  it("asks by GET for what a form's answer redirected to", () => {
    const { page, store, visit } = setUp();
    const form = { method: "POST", url: B, headers: [], body: Uint8Array.of(1), redirect: "follow" } as const;
    visit(A).say({ type: "go", request: form });
    page.last.say({ type: "arrived", url: `${B}/done`, status: 200 });
    store.reload();
    expect(page.last.log).toEqual([`open GET ${B}/done`]);
  });

  it("hears nothing from a frame that is gone but its requests' failures", async () => {
    const { machine, page, store, visit } = setUp();
    const first = visit(A);
    visit(B);
    first.say({ type: "title", title: "old" });
    expect(store.getSnapshot().title).toBe("");
    machine.answers = false;
    const { port1, port2 } = new MessageChannel();
    const answer = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
    const request = { method: "GET", url: A, headers: [], redirect: "follow" } as const;
    page.last.say({ type: "request", request }, port2);
    await expect(answer).resolves.toEqual({ type: "failed", failure: "closed", message: "gone" });
    port1.close();
  });

  it("keeps what pages store, by origin, and their cookies in the machine", () => {
    const { machine, page, visit } = setUp();
    const frame = visit(A);
    frame.say({ type: "stored", area: "local", key: "k", value: "v" });
    frame.say({ type: "cookie", url: A, cookie: "id=1" });
    expect(machine.cookies).toEqual([`${A} id=1`]);
    visit(B);
    expect(page.last.storage).toEqual({ local: { k: "v" }, session: {} });
    visit("http://localhost:81/");
    expect(page.last.storage).toEqual({ local: {}, session: {} });
  });

  it("follows a page that leaves by itself inside the machine, and names an address outside", () => {
    const { page, store, visit } = setUp();
    visit(A);
    page.violate({ effectiveDirective: "frame-src", blockedURI: `${page.origin}/next?x=1` });
    expect(page.last.log).toEqual(["open GET http://localhost:8080/next?x=1"]);
    page.last.say({ type: "arrived", url: "http://localhost:8080/next?x=1", status: 200 });
    page.violate({ effectiveDirective: "frame-src", blockedURI: "https://example.com" });
    expect(page.last.log).toEqual(["open GET http://localhost:8080/next?x=1"]);
    expect(store.getSnapshot().notice).toEqual({ kind: "outside", url: "https://example.com" });
    const { length } = page.frames;
    page.violate({ effectiveDirective: "img-src", blockedURI: `${page.origin}/x` });
    expect(page.frames).toHaveLength(length);
  });

  it("offers a download as bytes of no type, and forgets them with the notice", async () => {
    const { page, store, visit } = setUp();
    visit(A);
    store.open(new URL(B));
    page.last.say({ type: "download", url: B, name: "a.html", bytes: new TextEncoder().encode("<p>") });
    const { notice, address } = store.getSnapshot();
    expect(address).toBe(A);
    if (notice?.kind !== "download") throw new Error("no download");
    const kept = await (await fetch(notice.href)).blob();
    expect([notice.name, kept.type, await kept.text()]).toEqual([
      "a.html",
      "application/octet-stream",
      "<p>",
    ]);
    store.dismissNotice();
    await expect(fetch(notice.href)).rejects.toThrow();
  });

  it("loads what is asked for without a pane once the pane is there, and again when it comes back", () => {
    const { page, store, detach } = setUp();
    detach();
    store.open(new URL(A));
    expect(page.frames).toEqual([]);
    const leave = store.attach(HOST, "page");
    expect(page.last.log).toEqual([`open GET ${A}`]);
    page.last.say({ type: "arrived", url: A, status: 200 });
    leave();
    expect(page.last.log.at(-1)).toBe("close");
    expect(store.getSnapshot().view.kind).toBe("empty");
    store.attach(HOST, "page");
    expect(page.frames).toHaveLength(2);
  });

  it("forgets everything with the machine, but not by a pause", () => {
    const { machine, page, store, visit } = setUp();
    const frame = visit(A);
    frame.say({ type: "stored", area: "local", key: "k", value: "v" });
    machine.become("paused");
    expect(store.getSnapshot().view.kind).toBe("page");
    machine.become("booting");
    expect(frame.log.at(-1)).toBe("close");
    expect(store.getSnapshot()).toMatchObject({ view: { kind: "empty" }, address: "", canGoBack: false });
    machine.become("ready");
    visit(A);
    expect(page.last.storage).toEqual({ local: {}, session: {} });
  });
});
