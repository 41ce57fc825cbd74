import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { zhCN } from "../../i18n/zh-cn";
import type { CourseStore } from "../store/course-store";
import { setUpCourse, settled, testLesson } from "../store/testing/test-course";
import { CourseProvider } from "./CourseContext";
import { LessonView } from "./LessonView";

const { checkNow, minutes, run } = zhCN.course;

function draw(store: CourseStore): string {
  const { lesson } = store.getSnapshot();
  if (lesson === undefined) throw new Error("no lesson is open");
  const view = createElement(LessonView, { lesson });
  return renderToStaticMarkup(createElement(CourseProvider, { store, children: view }));
}

/** The button's attributes, by the text in it. */
function button(markup: string, text: string): string | undefined {
  const buttons = [...markup.matchAll(/<button([^>]*)>(.*?)<\/button>/gu)];
  return buttons.find(([, , inner = ""]) => inner.replace(/<[^>]*>/gu, "") === text)?.[1];
}

describe("a lesson", () => {
  it("says at its head how long it takes", async () => {
    const { store } = setUpCourse();
    await store.openLesson("a");
    await settled();
    expect(draw(store)).toContain(minutes("15"));
  });

  it("is not green again when a done step is practised, until it is done once more", async () => {
    const { machine, store, points } = setUpCourse();
    points.isOff = true;
    await store.openLesson("a");
    await settled();
    machine.tell("a/one", { state: "pass" });
    expect(draw(store)).toContain('data-tone="pass"');
    await store.restartStep();
    expect(draw(store)).not.toContain('data-tone="pass"');
    expect(draw(store)).toContain(zhCN.course.practising);
    machine.tell("a/one", { state: "pass" });
    expect(draw(store)).toContain('data-tone="pass"');
  });

  it("folds the text's commands away when asked to", async () => {
    const { store } = setUpCourse();
    await store.openLesson("a");
    await settled();
    expect(draw(store)).not.toContain(`<summary>${zhCN.course.unfold}`);
    store.setFolded(true);
    expect(draw(store)).toContain(`<summary>${zhCN.course.unfold}`);
  });

  it("offers to look at a step at once, until it is done", async () => {
    const { machine, store } = setUpCourse();
    await store.openLesson("a");
    await settled();
    const offered = button(draw(store), checkNow);
    expect(offered).toContain(zhCN.course.checkNowHint);
    expect(offered).not.toContain("disabled");
    machine.tell("a/one", { state: "pass" });
    expect(button(draw(store), checkNow)).toBeUndefined();
  });

  it("offers nothing that the machine cannot do while it is paused, and all of it again when it goes on", async () => {
    const { machine, store } = setUpCourse();
    await store.openLesson("a");
    await settled();
    machine.set({ kind: "paused" });
    store.showHint();
    expect(button(draw(store), run)).toContain("disabled");
    expect(button(draw(store), checkNow)).toContain("disabled");
    machine.set({ kind: "ready" });
    expect(button(draw(store), run)).not.toContain("disabled");
    expect(button(draw(store), checkNow)).not.toContain("disabled");
  });

  it("offers no look at a lesson from elsewhere before the reader agrees", async () => {
    const { store } = setUpCourse();
    store.openOutside(testLesson("https://blog/x"), "https://blog/x");
    expect(button(draw(store), checkNow)).toContain("disabled");
    store.agree();
    await settled();
    expect(button(draw(store), checkNow)).not.toContain("disabled");
  });
});
