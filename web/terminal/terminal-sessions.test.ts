import "./testing/test-page";
import { describe, expect, it, vi } from "vitest";
import { en } from "../i18n/en";
import { zhCN } from "../i18n/zh-cn";
import { noticeText } from "./NoticeLine";
import { TerminalSessions } from "./terminal-sessions";
import { LOOK, TestConsoles } from "./testing/test-console";

function setUp(): { machine: TestConsoles; sessions: TerminalSessions } {
  const machine = new TestConsoles();
  return { machine, sessions: new TerminalSessions(machine, LOOK) };
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
