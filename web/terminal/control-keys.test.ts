import { describe, expect, it } from "vitest";
import { barKeyText, withControl } from "./control-keys";

describe("barKeyText", () => {
  it("sends cursor keys in the mode that the guest asked for", () => {
    expect(barKeyText("up", false)).toBe("\u001b[A");
    expect(barKeyText("left", false)).toBe("\u001b[D");
    expect(barKeyText("up", true)).toBe("\u001bOA");
    expect(barKeyText("right", true)).toBe("\u001bOC");
  });

  it("sends the others as themselves", () => {
    expect(barKeyText("escape", true)).toBe("\u001b");
    expect(barKeyText("tab", false)).toBe("\t");
    expect(barKeyText("pipe", false)).toBe("|");
  });
});

describe("withControl", () => {
  it.each([
    ["c", "\u0003"],
    ["C", "\u0003"],
    ["d", "\u0004"],
    ["[", "\u001b"],
    ["\\", "\u001c"],
    ["@", "\u0000"],
    [" ", "\u0000"],
    ["?", "\u007f"],
  ])("turns %j into its control character", (text, control) => {
    expect(withControl(text)).toBe(control);
  });

  it.each(["1", "-", "你", "ab", "", "\r"])("leaves %j alone", (text) => {
    expect(withControl(text)).toBe(text);
  });
});
