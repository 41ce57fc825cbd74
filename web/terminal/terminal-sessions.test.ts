import "./testing/test-page";
import { describe, expect, it, vi } from "vitest";
import { en } from "../i18n/en";
import { zhCN } from "../i18n/zh-cn";
import { keptTerminalsSchema, type KeptTerminals } from "./kept-terminals";
import { noticeText } from "./NoticeLine";
import { TerminalSessions } from "./terminal-sessions";
import { LOOK, TestConsoles } from "./testing/test-console";

const readPlace = (place: string | undefined): KeptTerminals | undefined =>
  place === undefined ? undefined : keptTerminalsSchema.parse(JSON.parse(place));

function setUp(): { machine: TestConsoles; sessions: TerminalSessions } {
  const machine = new TestConsoles();
  return { machine, sessions: new TerminalSessions(machine, LOOK, readPlace) };
}

describe("TerminalSessions", () => {
  it("gives each console a terminal of its own, which stays", async () => {
    const { machine, sessions } = setUp();
    machine.write(1, "\u001b[c");
    await vi.waitFor(() => expect(machine.typed).toEqual(["", "\u001b[?1;2c", ""]));
    expect(sessions.session(1)).toBe(sessions.session(1));
    expect(sessions.active).toBe(sessions.session(0));
  });

  it("marks a tab out of sight that got output, until it is shown", () => {
    const { machine, sessions } = setUp();
    sessions.open();
    expect(sessions.getSnapshot().tabs).toMatchObject({ open: [0, 1], active: 1 });
    machine.write(0, "x");
    expect(sessions.getSnapshot().tabs.unread).toEqual([0]);
    sessions.show(0);
    expect(sessions.getSnapshot().tabs).toMatchObject({ active: 0, unread: [] });
    sessions.close(0);
    expect(sessions.getSnapshot().tabs).toMatchObject({ open: [1], active: 1 });
  });

  it("tells nobody of output to the tab that is shown", () => {
    const { machine, sessions } = setUp();
    const heard = vi.fn();
    sessions.subscribe(heard);
    machine.write(0, "x");
    expect(heard).not.toHaveBeenCalled();
  });

  it("holds Ctrl for one key, and not for what is longer", () => {
    const { sessions } = setUp();
    sessions.toggleControl();
    sessions.active.press("up");
    expect(sessions.getSnapshot().control).toBe(true);
    sessions.active.press("slash");
    expect(sessions.getSnapshot().control).toBe(false);
  });

  it("shows how far a paste is, and nothing once it is cut short", async () => {
    const { machine, sessions } = setUp();
    machine.isHeld = true;
    sessions.active.paste("xyz");
    expect(sessions.getSnapshot().pastes).toEqual({ 0: { sent: 0, total: 3 } });
    sessions.active.cancelPaste();
    expect(sessions.getSnapshot().pastes).toEqual({});
    machine.release();
    await vi.waitFor(() => expect(machine.typed[0]).toBe("xyz"));
    expect(sessions.getSnapshot().pastes).toEqual({});
  });

  it("keeps the terminals with their tabs, and opens them again", async () => {
    const { machine, sessions } = setUp();
    sessions.open();
    machine.write(0, "first");
    machine.write(1, "second");
    const kept = await sessions.keep();
    expect(kept).toMatchObject({ tabs: { open: [0, 1], active: 1 }, text: "second" });
    expect(kept.terminals.map(({ console }) => console)).toEqual([0, 1]);

    const other = setUp();
    other.sessions.show(2);
    const frames = kept.terminals.map(({ screen, ...frame }) => ({ ...frame, bytes: screen.length }));
    other.machine.restore(JSON.stringify({ tabs: kept.tabs, frames }));
    for (const { console, screen } of kept.terminals) other.machine.write(console, screen);
    expect(other.sessions.getSnapshot().tabs).toEqual({ open: [0, 1], active: 1, unread: [] });
    await other.sessions.keep();
    expect(other.sessions.session(0).text).toBe("first");
  });

  it("makes the best of what makes no sense", () => {
    const { machine, sessions } = setUp();
    sessions.open();
    machine.restore(JSON.stringify({ tabs: { open: [1], active: 0 }, frames: [{ console: 7 }] }));
    expect(sessions.getSnapshot().tabs).toEqual({ open: [0], active: 0, unread: [] });
    machine.restore(undefined);
    expect(sessions.getSnapshot().tabs.open).toEqual([0]);
    expect(keptTerminalsSchema.safeParse("nonsense").success).toBe(false);
  });

  it("tells of an image once, however often Docker asks for it", () => {
    const { machine, sessions } = setUp();
    machine.notice({ kind: "played", image: "python:3.8", by: "python:3.13" });
    const shown = sessions.getSnapshot().notice?.notice;
    expect(shown).toEqual({
      kind: "image",
      image: { kind: "played", image: "python:3.8", by: "python:3.13" },
    });
    expect(shown && noticeText(shown, en)).toContain("python:3.8 is played by python:3.13");
    sessions.dismissNotice();
    machine.notice({ kind: "played", image: "python:3.8", by: "python:3.13" });
    expect(sessions.getSnapshot().notice).toBeUndefined();
    machine.notice({ kind: "absent", image: "mongo:latest", instead: ["mysql", "redis"] });
    const absent = sessions.getSnapshot().notice?.notice;
    expect(absent && noticeText(absent, zhCN)).toContain("没有 mongo:latest，可以用 mysql、redis");
  });

  it("begins anew with another machine", () => {
    const { machine, sessions } = setUp();
    machine.isHeld = true;
    sessions.open();
    sessions.toggleControl();
    sessions.session(1).paste("xyz");
    machine.replace();
    expect(sessions.getSnapshot()).toEqual({
      tabs: { open: [0], active: 0, unread: [] },
      pastes: {},
      notice: undefined,
      control: false,
    });
  });
});
