import { describe, expect, it } from "vitest";
import { clipboardAction, paneAction, type KeyPress } from "./shortcuts";

const press = (key: string, code: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code,
  ctrlKey: false,
  shiftKey: false,
  altKey: false,
  metaKey: false,
  ...held,
});
const ctrl = { ctrlKey: true };
const ctrlShift = { ctrlKey: true, shiftKey: true };

describe("paneAction", () => {
  it("knows its keys by their place, whatever Shift makes of them", () => {
    expect(paneAction(press("F", "KeyF", ctrlShift))).toEqual({ kind: "search" });
    expect(paneAction(press("!", "Digit1", ctrlShift))).toEqual({ kind: "show", console: 0 });
    expect(paneAction(press("@", "Digit2", ctrlShift))).toEqual({ kind: "show", console: 1 });
    expect(paneAction(press("3", "Digit3", ctrlShift))).toEqual({ kind: "show", console: 2 });
    expect(paneAction(press("Enter", "Enter", ctrlShift))).toEqual({ kind: "leave" });
  });

  it.each([
    press("f", "KeyF", ctrl),
    press("F", "KeyF", { shiftKey: true }),
    press("F", "KeyF", { ...ctrlShift, altKey: true }),
    press("F", "KeyF", { ...ctrlShift, metaKey: true }),
    press("$", "Digit4", ctrlShift),
    press("Enter", "Enter"),
    press("Tab", "Tab"),
    press("c", "KeyC", ctrl),
  ])("leaves $code to the guest", (other) => {
    expect(paneAction(other)).toBeUndefined();
  });
});

describe("clipboardAction", () => {
  it("copies on Ctrl+C only while something is selected", () => {
    expect(clipboardAction(press("c", "KeyC", ctrl), true, false)).toBe("copy");
    expect(clipboardAction(press("c", "KeyC", ctrl), false, false)).toBeUndefined();
  });

  it("pastes on Ctrl+V, and takes the terminals' own keys, too", () => {
    expect(clipboardAction(press("v", "KeyV", ctrl), false, false)).toBe("paste");
    expect(clipboardAction(press("V", "KeyV", ctrlShift), false, false)).toBe("paste");
    expect(clipboardAction(press("C", "KeyC", ctrlShift), false, false)).toBe("copy");
  });

  it("leaves a Mac's Ctrl to the guest", () => {
    expect(clipboardAction(press("c", "KeyC", ctrl), true, true)).toBeUndefined();
    expect(clipboardAction(press("v", "KeyV", ctrl), false, true)).toBeUndefined();
    expect(clipboardAction(press("c", "KeyC", { metaKey: true }), true, true)).toBeUndefined();
  });

  it("leaves everything else to the guest", () => {
    expect(clipboardAction(press("c", "KeyC"), true, false)).toBeUndefined();
    expect(clipboardAction(press("c", "KeyC", { ...ctrl, altKey: true }), true, false)).toBeUndefined();
    expect(clipboardAction(press("X", "KeyX", ctrlShift), true, false)).toBeUndefined();
    expect(clipboardAction(press("d", "KeyD", ctrl), false, false)).toBeUndefined();
  });
});
