import { createElement, type ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MachineStatus } from "../../contract/protocol";
import { zhCN } from "../i18n/zh-cn";
import { OfflineProvider, ReleaseProvider } from "../offline";
import { OfflineStore } from "../offline/offline-store";
import { ReleaseStore } from "../offline/release-store";
import { PreviewStore } from "../preview";
import { ChoiceStore } from "../sessions/choice-store";
import { NO_SESSIONS } from "../sessions/testing/kept-sessions";
import type { TerminalPaneProps } from "../terminal";
import { NO_MACHINE, type MachineSnapshot } from "../vm/machine-client";
import { Stage, type StageProps } from "./Stage";
import { PreviewDesk } from "./stage/preview-desk";

/** Stands for the terminals, whose code wants a page. */
function Terminals({ overlay, held }: TerminalPaneProps): ReactElement {
  return createElement("div", { "data-testid": "terminals", "data-held": held }, overlay);
}

function draw(change: Partial<MachineSnapshot>): string {
  const snapshot = { ...NO_MACHINE, ...change };
  const unasked = (): Promise<void> => Promise.reject(new Error("nobody has clicked"));
  const machine = {
    getSnapshot: () => snapshot,
    subscribe: () => () => undefined,
    guest: { request: unasked, setCookie: unasked },
  };
  const keeper = {
    open: unasked,
    start: unasked,
    close: () => undefined,
    sessions: NO_SESSIONS,
    guestUrl: "http://localhost/guest/",
  };
  const preview = new PreviewStore(machine, {
    origin: "http://localhost",
    createFrame: () => {
      throw new Error("there is no pane");
    },
    onViolation: () => undefined,
  });
  const props: StageProps = {
    machine: {
      resume: unasked,
      retryDisk: unasked,
      dropPushedImages: unasked,
      dismissRegistryFailure: () => undefined,
    },
    snapshot,
    sessions: { choice: new ChoiceStore({ ...machine, ...keeper }) },
    onManageSessions: () => undefined,
    hint: undefined,
    preview,
    desk: new PreviewDesk(preview, machine),
    Terminals,
    look: { scheme: "dark", fontSize: 14, screenReader: false },
    renderer: "dom",
  };
  const offline = new OfflineStore({
    connect: () => {
      throw new Error("nobody wants anything offline");
    },
    places: { siteUrl: "http://localhost/", guestUrl: "http://localhost/guest/" },
    storage: { read: () => Promise.resolve(undefined), write: unasked },
    browser: {
      persist: () => Promise.resolve(undefined),
      persisted: () => Promise.resolve(undefined),
      estimate: () => Promise.resolve(undefined),
    },
    isOnline: () => true,
  });
  const release = new ReleaseStore({
    ask: () => Promise.resolve(undefined),
    hold: () => undefined,
    leave: () => undefined,
    isKept: () => false,
  });
  const stage = createElement(Stage, props);
  const withOffline = createElement(OfflineProvider, { store: offline, children: stage });
  return renderToStaticMarkup(createElement(ReleaseProvider, { store: release, children: withOffline }));
}

const ids = (markup: string): string[] =>
  [...markup.matchAll(/data-testid="([\w-]+)"/gu)].map(([, id = ""]) => id);

const error = { code: "bad-chunk", message: "altered", subject: "c0ffee" } as const;

describe("the stage", () => {
  beforeEach(() => {
    vi.stubGlobal("location", new URL("http://localhost/"));
    vi.stubGlobal("navigator", { onLine: true, userAgent: "a browser" });
  });
  afterEach(() => void vi.unstubAllGlobals());

  it.each<MachineStatus>([
    { kind: "idle" },
    { kind: "loading", bytes: 5, total: 10, cached: 0 },
    { kind: "booting" },
  ])("has no terminals while the machine is $kind", (status) => {
    expect(draw({ status })).not.toContain("terminals");
  });

  it("has the terminals once the machine is there", () => {
    expect(ids(draw({ status: { kind: "ready" } }))).toEqual(["terminals"]);
  });

  it("has a failure's page in their place, with what is to blame", () => {
    const markup = draw({ status: { kind: "failed", error } });
    expect(ids(markup)).toEqual(["failure", "failure-subject"]);
    expect(markup).toContain(zhCN.failures.chunk.heading);
    expect(markup).toContain("c0ffee");
  });

  it("holds the terminals under what says why the machine stands still", () => {
    const paused = draw({ status: { kind: "paused" } });
    expect(ids(paused)).toEqual(["terminals", "paused"]);
    expect(paused).toContain('data-held="true"');
    const faulty = draw({ status: { kind: "ready" }, fault: { error } });
    expect(ids(faulty)).toEqual(["terminals", "disk-fault"]);
    expect(faulty).toContain('data-held="true"');
  });

  it("tells that another tab has taken the machine over, and of a browser that keeps nothing", () => {
    const taken = draw({ status: { kind: "ready" }, session: { kind: "taken" } });
    expect(ids(taken)).toEqual(["terminals", "session-banner"]);
    expect(taken).toContain(zhCN.sessions.banners.taken.heading);
    const nowhere = draw({ status: { kind: "ready" }, session: { kind: "unavailable" } });
    expect(nowhere).toContain(zhCN.sessions.banners.unavailable.heading);
  });

  it("tells of a registry's failure, which holds nothing", () => {
    const markup = draw({ status: { kind: "ready" }, registryFailure: { kind: "full", message: "no room" } });
    expect(ids(markup)).toEqual(["terminals", "registry-failure"]);
    expect(markup).toContain('data-held="false"');
    expect(markup).toContain(zhCN.registryFailure.drop);
  });
});
