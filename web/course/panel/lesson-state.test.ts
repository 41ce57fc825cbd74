import { expect, it } from "vitest";
import { en } from "../../i18n/en";
import { createFormat } from "../../i18n/format";
import { zhCN } from "../../i18n/zh-cn";
import type { LessonOutline } from "../lessons/outlines";
import { countDone, lessonState } from "./lesson-state";

const outline: LessonOutline = {
  title: { "zh-CN": "甲", en: "A" },
  minutes: 15,
  steps: ["one", "two"],
  file: { "zh-CN": "a.json", en: "b.json" },
};
const english = { t: en, format: createFormat("en") };

it("says how long a lesson takes and how much of it is done, until all is", () => {
  expect(lessonState("a", outline, new Set(["b/one"]), english)).toBe("about 15 minutes · 0/2");
  expect(lessonState("a", outline, new Set(["a/one"]), { t: zhCN, format: createFormat("zh-CN") })).toBe(
    "约 15 分钟 · 1/2",
  );
  expect(lessonState("a", outline, new Set(["a/one", "a/two"]), english)).toBe("✓ Done");
});

it("says nothing of the time that a lesson does not tell", () => {
  expect(lessonState("a", { ...outline, minutes: undefined }, new Set(), english)).toBe("0/2");
});

it("counts the steps of its own lesson", () => {
  expect(countDone("a", outline, new Set(["a/one", "b/two", "a/three"]))).toBe(1);
});
