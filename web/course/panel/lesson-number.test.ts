import { describe, expect, it } from "vitest";
import { mentionsOf, numberOf } from "./lesson-number";

describe("numberOf", () => {
  it.each([
    ["01-hello", "1"],
    ["22-networks", "22"],
    ["my-lesson", undefined],
    ["2024", undefined],
  ])("%s: %s", (id, number) => {
    expect(numberOf(id)).toBe(number);
  });
});

describe("mentionsOf", () => {
  const ids = ["01-hello", "22-networks"];

  it("finds lessons in both languages, and leaves nothing of the text out", () => {
    expect(mentionsOf("第 22 课会讲", ids)).toEqual([
      { text: "第 22 课", id: "22-networks" },
      { text: "会讲" },
    ]);
    expect(mentionsOf("See Lesson 1, then lesson 22.", ids)).toEqual([
      { text: "See " },
      { text: "Lesson 1", id: "01-hello" },
      { text: ", then " },
      { text: "lesson 22", id: "22-networks" },
      { text: "." },
    ]);
  });

  it.each(["", "no lesson", "lesson 99", "第 3 步", "lessons 1"])("has nothing to open in %j", (text) => {
    expect(mentionsOf(text, ids)).toEqual([{ text }]);
  });
});
