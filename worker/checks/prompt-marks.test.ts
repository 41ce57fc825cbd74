import { describe, expect, it } from "vitest";
import { PromptMarks } from "./prompt-marks";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const STREAM = "\u001b]133;C\u0007out\u001b[0m\u001b]133;D;1\u0007\u001b]0;title\u0007# \u001b]133;B\u0007";

describe("PromptMarks", () => {
  it("finds the marks among other sequences", () => {
    expect(new PromptMarks().push(bytes(STREAM))).toEqual(["command", "prompt"]);
  });

  it("finds them however they are cut", () => {
    for (let cut = 0; cut <= STREAM.length; cut++) {
      const marks = new PromptMarks();
      expect([...marks.push(bytes(STREAM.slice(0, cut))), ...marks.push(bytes(STREAM.slice(cut)))]).toEqual([
        "command",
        "prompt",
      ]);
    }
  });

  it("begins again at an escape inside an escape", () => {
    expect(new PromptMarks().push(bytes("\u001b]13\u001b]133;B"))).toEqual(["prompt"]);
    expect(new PromptMarks().push(bytes("\u001b]133;\u001b]133;B"))).toEqual(["prompt"]);
  });

  it("finds nothing in plain output", () => {
    expect(new PromptMarks().push(bytes("]133;B".repeat(1000)))).toEqual([]);
    expect(new PromptMarks().push(new Uint8Array(0))).toEqual([]);
  });
});
