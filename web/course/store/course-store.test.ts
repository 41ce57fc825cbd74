import { describe, expect, it, vi } from "vitest";
import type { CheckResult } from "../../../contract/checks";
import { coursePlaceSchema } from "./course-place";
import { setUpCourse, settled, testLesson } from "./testing/test-course";

const PASS: CheckResult = { state: "pass" };

describe("CourseStore", () => {
  it("opens a lesson on a clean machine without another one, and watches its first step", async () => {
    const { machine, store } = setUpCourse();
    await store.openLesson("begun");
    await settled();
    expect(machine.log).toEqual(["watch nothing", "script", "watch begun/one"]);
    expect(store.getSnapshot()).toMatchObject({ atStep: true, index: 0, open: true });
  });

  it("keeps what is done, and goes on where the learner was after a reload", async () => {
    const { machine, store, kept } = setUpCourse();
    await store.openLesson("a");
    await settled();
    machine.tell("a/one", PASS);
    machine.tell("b/one", PASS);
    await store.goTo(1);
    expect(kept.at(-1)).toMatchObject({ done: ["a/one"], place: { lesson: "a", step: "two" }, open: true });
    const again = setUpCourse(kept.at(-1));
    await again.store.load();
    await settled();
    expect(again.store.getSnapshot()).toMatchObject({ index: 1, open: true, done: new Set(["a/one"]) });
    // The new machine is brought to the second step.
    expect(again.machine.log).toEqual(["watch nothing", "docker run one 80", "end", "watch a/two"]);
  });

  it("knows what was typed since the step began, and what of it has ended", async () => {
    const { store } = setUpCourse();
    await store.openLesson("a");
    store.commandBegan(0, "docker logs -f x");
    store.commandBegan(1, "docker ps");
    store.commandEnded(1);
    expect(store.getSnapshot().commands).toEqual([
      { console: 0, text: "docker logs -f x", ended: false },
      { console: 1, text: "docker ps", ended: true },
    ]);
    await store.goTo(1);
    expect(store.getSnapshot().commands).toEqual([]);
  });

  it("practises a done step again from its start", async () => {
    const { machine, store } = setUpCourse();
    await store.openLesson("a");
    await settled();
    machine.tell("a/one", PASS);
    expect(store.getSnapshot().practising).toBe(false);
    await store.restartStep();
    expect(store.getSnapshot()).toMatchObject({
      practising: true,
      result: undefined,
      done: new Set(["a/one"]),
    });
    // The machine went back in time, and the page with it.
    const at = { lesson: "a", step: "one", lessonTitle: "a", stepTitle: "one" };
    await store.resume({ ...store.place, at });
    expect(store.getSnapshot()).toMatchObject({ practising: true, preparation: { kind: "none" } });
    await store.goTo(1);
    expect(store.getSnapshot().practising).toBe(false);
  });

  it("forgets that a lesson's steps are done, or all, and takes that back", async () => {
    const { store, kept } = setUpCourse({ done: ["a/one", "a/two", "ab/one"] });
    await store.load();
    store.forget("a");
    expect(kept.at(-1)).toMatchObject({ done: ["ab/one"] });
    store.forget();
    expect(kept.at(-1)).toMatchObject({ done: [] });
    store.undoForget();
    expect(kept.at(-1)).toMatchObject({ done: ["ab/one"] });
    store.undoForget();
    expect(kept.at(-1)).toMatchObject({ done: ["ab/one"] });
  });

  it("keeps whether commands are folded away", async () => {
    const { store, kept } = setUpCourse();
    store.setFolded(true);
    const again = setUpCourse(kept.at(-1));
    await again.store.load();
    expect(again.store.getSnapshot().folded).toBe(true);
  });

  it("goes on from a done step as the machine is", async () => {
    const { machine, store } = setUpCourse();
    await store.openLesson("a");
    await settled();
    machine.tell("a/one", PASS);
    machine.log.length = 0;
    await store.goTo(1);
    expect(machine.log).toEqual(["watch a/two"]);
    expect(store.getSnapshot().atStep).toBe(true);
  });

  it("does not throw the learner's machine away when they only look at another step", async () => {
    const { machine, store, typed } = setUpCourse();
    await store.openLesson("a");
    await settled();
    await store.act({
      type: "run",
      command: "docker run one {{port}}",
      terminal: 1,
      inside: false,
      stays: false,
    });
    expect(typed).toEqual(["docker run one 80"]);
    machine.isTouched = true;
    machine.log.length = 0;
    await store.goTo(2);
    expect(machine.log).toEqual(["watch a/three"]);
    expect(store.getSnapshot().atStep).toBe(false);
    await store.prepare();
    expect(machine.log.slice(1)).toEqual([
      "watch nothing",
      "restart",
      "docker run one 80",
      "end",
      "docker run two 80",
      "end",
      "watch a/three",
    ]);
    expect(store.getSnapshot().atStep).toBe(true);
  });

  it("takes a new machine to begin a step again, even when nothing was done in this one", async () => {
    const { machine, store, points } = setUpCourse();
    points.isOff = true;
    await store.openLesson("a");
    await settled();
    expect(machine.isTouched).toBe(false);
    machine.log.length = 0;
    await store.restartStep();
    expect(machine.log).toContain("restart");
  });

  it("takes no machine for clean into which the learner has typed", async () => {
    const { machine, store } = setUpCourse();
    machine.isTouched = true;
    await store.openLesson("begun");
    await settled();
    expect(machine.log).toEqual(["watch begun/one"]);
    expect(store.getSnapshot().atStep).toBe(false);
    await store.prepare();
    expect(machine.log.slice(1)).toEqual(["watch nothing", "restart", "script", "watch begun/one"]);
  });

  it("brings a machine that was reset to the shown step by itself", async () => {
    const { machine, store, points } = setUpCourse();
    await store.openLesson("a");
    await settled();
    points.isOff = true;
    machine.log.length = 0;
    machine.set({ kind: "booting" });
    machine.set({ kind: "ready" });
    await settled();
    expect(machine.log).toEqual(["watch nothing", "watch a/one"]);
  });

  it("tells whether the machine can be used, when it is paused and goes on as well", async () => {
    const { machine, store } = setUpCourse();
    await store.openLesson("a");
    await settled();
    expect(store.getSnapshot().ready).toBe(true);
    machine.set({ kind: "paused" });
    store.showHint();
    expect(store.getSnapshot().ready).toBe(false);
    const heard = vi.fn();
    store.subscribe(heard);
    machine.set({ kind: "ready" });
    expect(store.getSnapshot()).toMatchObject({ ready: true, atStep: true, hints: 1 });
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it("has the step looked at when the learner asks for it", async () => {
    const { machine, store } = setUpCourse();
    await store.openLesson("a");
    await settled();
    machine.log.length = 0;
    store.checkNow();
    expect(machine.log).toEqual(["check"]);
  });

  it("says when the machine could not be prepared", async () => {
    const { machine, store } = setUpCourse();
    machine.scriptStatus = 1;
    await store.openLesson("begun");
    await settled();
    expect(store.getSnapshot().preparation).toEqual({ kind: "failed", message: "oops" });
  });

  it("says that a terminal is busy, and that a lesson cannot be had", async () => {
    const { store } = setUpCourse();
    await store.openLesson("a");
    await settled();
    await store.act({ type: "run", command: "docker run two", terminal: 1, inside: false, stays: false });
    expect(store.getSnapshot().notice).toEqual({ kind: "busy" });
    await store.openLesson("gone");
    expect(store.getSnapshot()).toMatchObject({ loading: false, failure: "no such lesson" });
  });

  it("takes a value that the lesson accepts, and no other", async () => {
    const { store, kept } = setUpCourse();
    await store.openLesson("a");
    expect(store.setValue("port", "x; reboot")).toBe(false);
    expect(store.setValue("port", "90")).toBe(true);
    expect(store.getSnapshot().values).toEqual({ port: "90" });
    await vi.waitFor(() => expect(kept.at(-1)).toMatchObject({ values: { port: "90" } }));
  });

  it("leaves a point behind where a step begins and where it is passed", async () => {
    const { machine, store, points } = setUpCourse();
    await store.openLesson("a");
    await settled();
    expect(points.log).toEqual(["leave step-start a/one 80 one"]);
    expect(store.getSnapshot().points).toEqual({ start: true, end: false });
    machine.tell("a/one", PASS);
    machine.tell("a/one", PASS);
    await settled();
    expect(points.log.slice(1)).toEqual(["leave step-end a/one 80 one"]);
    expect(store.getSnapshot().points).toEqual({ start: true, end: true });
    await store.goTo(1);
    expect(points.log.slice(2)).toEqual(["leave step-start a/two 80 two"]);
  });

  it("goes back to a point in place of doing the commands again", async () => {
    const { machine, store, points } = setUpCourse();
    await store.openLesson("a");
    await settled();
    machine.log.length = 0;
    await store.restartStep();
    await store.returnToPass();
    expect(points.log.slice(1)).toEqual(["back to step-start a/one 80"]);
    expect(machine.log).toEqual(["watch nothing"]);
    // Another port is another machine.
    store.setValue("port", "90");
    await store.restartStep();
    expect(machine.log).toContain("restart");
    expect(points.log.at(-1)).toBe("leave step-start a/one 90 one");
  });

  it("shows the course as it was with a saved machine, and leaves that machine alone", async () => {
    const { machine, store } = setUpCourse();
    await store.openLesson("a");
    await settled();
    machine.tell("a/one", PASS);
    await store.goTo(1);
    store.answer("q", "42");
    store.showHint();
    const { place } = store;
    const again = setUpCourse();
    again.machine.isTouched = true;
    await again.store.resume(coursePlaceSchema.parse(JSON.parse(JSON.stringify(place))));
    await settled();
    expect(again.machine.log).toEqual(["watch a/two"]);
    expect(again.store.getSnapshot()).toMatchObject({
      open: true,
      index: 1,
      answers: { q: "42" },
      hints: 1,
      atStep: true,
      preparation: { kind: "none" },
    });
    expect(machine.log).not.toContain("restart");
  });

  it("says so when the lesson of a saved machine is no longer there, and makes the best of nonsense", async () => {
    const { store } = setUpCourse();
    const at = { lesson: "gone", step: "one", lessonTitle: "Gone", stepTitle: "One" };
    await store.resume(coursePlaceSchema.parse({ open: true, at }));
    expect(store.getSnapshot()).toMatchObject({ open: true, failure: "no such lesson" });
    const nonsense = coursePlaceSchema.parse({ open: 7, at: "x", answers: [], hints: -1, atStep: "yes" });
    expect(nonsense).toMatchObject({ open: false, at: undefined, answers: {}, hints: 0, atStep: false });
    await store.resume(nonsense);
    expect(store.getSnapshot().open).toBe(false);
  });

  it("does nothing for a lesson from elsewhere before the reader agrees", async () => {
    const { machine, store, typed } = setUpCourse();
    store.openOutside(testLesson("https://blog/x", "start:\n  run: rm -rf /\n"), "https://blog/x");
    await settled();
    await store.act({ type: "run", command: "rm -rf /", terminal: 1, inside: false, stays: false });
    await store.act({ type: "file", path: "/x", text: "x", mode: "644" });
    await store.prepare();
    await store.restartStep();
    machine.set({ kind: "booting" });
    machine.set({ kind: "ready" });
    await settled();
    expect(typed).toEqual([]);
    expect(machine.log.filter((call) => call !== "watch nothing")).toEqual([]);
    store.agree();
    await settled();
    expect(machine.log).toContain("script");
  });
});
