import { describe, expect, it, vi } from "vitest";
import type { CheckRequest, CheckResult, GuestAction } from "../../../contract/checks";
import type { MachineStatus } from "../../../contract/protocol";
import type { StepListener } from "../../vm/machine-client";
import { CourseStore } from "./course-store";
import type { MachineDoor, TerminalDoor } from "./doors";
import type { Lesson } from "../format/model";
import { parseLesson } from "../format/parse-lesson";

function lesson(id: string, start = ""): Lesson {
  const step = (name: string): string =>
    `## ${name}\n\n\`\`\`sh run\ndocker run ${name} {{port}}\n\`\`\`\n\n### What you just proved\n\nIt.\n\n\`\`\`yaml step\nid: ${name}\nchecks:\n  - image: x\n\`\`\`\n`;
  const text = `---\ntitle: ${id}\nsummary: s\nlanguage: en\nvariables:\n  - { id: port, label: p, default: "80", pattern: "[0-9]+" }\n${start}---\n${step("one")}${step("two")}${step("three")}`;
  const parsed = parseLesson({ id, file: id, text, language: "en" });
  if (parsed.lesson === undefined) throw new Error("no lesson");
  return parsed.lesson;
}

const PASS: CheckResult = { state: "pass" };

class ScriptedMachine implements MachineDoor {
  readonly log: string[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #steps = new Set<StepListener>();
  status: MachineStatus = { kind: "ready" };
  scriptStatus = 0;
  isTouched = false;

  getSnapshot(): ReturnType<MachineDoor["getSnapshot"]> {
    return {
      status: this.status,
      fault: undefined,
      prefetch: undefined,
      registryFailure: undefined,
      ports: [],
    };
  }
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  set(status: MachineStatus): void {
    this.status = status;
    if (status.kind !== "ready") this.isTouched = false;
    for (const listener of this.#listeners) listener();
  }
  watchStep(request: CheckRequest | undefined): Promise<void> {
    this.log.push(`watch ${request?.step ?? "nothing"}`);
    return Promise.resolve();
  }
  checkNow(): Promise<void> {
    return Promise.resolve();
  }
  perform(action: GuestAction): Promise<{ status: number | undefined; output: string }> {
    this.isTouched = true;
    this.log.push(action.type === "run" ? action.command : action.type);
    return Promise.resolve({ status: this.scriptStatus, output: "oops" });
  }
  onStep(listener: StepListener): () => void {
    this.#steps.add(listener);
    return () => this.#steps.delete(listener);
  }
  tell(step: string, result: CheckResult): void {
    for (const listener of this.#steps) listener(step, { step: result, checks: [result] });
  }
  restart(): Promise<void> {
    this.log.push("restart");
    this.set({ kind: "booting" });
    this.set({ kind: "ready" });
    return Promise.resolve();
  }
}

function setUp(stored?: unknown): {
  machine: ScriptedMachine;
  store: CourseStore;
  typed: string[];
  kept: unknown[];
} {
  const machine = new ScriptedMachine();
  const typed: string[] = [];
  const kept: unknown[] = [];
  const terminal: TerminalDoor = {
    type: (command) => {
      typed.push(command);
      return command.includes("two") ? "busy" : "typed";
    },
    press: () => "typed",
    focus: () => undefined,
  };
  const load = (id: string): Promise<Lesson> =>
    id === "gone"
      ? Promise.reject(new Error("no such lesson"))
      : Promise.resolve(lesson(id, id === "begun" ? "start:\n  run: docker pull x\n" : ""));
  const store = new CourseStore(
    {
      machine,
      storage: {
        read: () => Promise.resolve(stored),
        write: (value) => {
          kept.push(structuredClone(value));
          return Promise.resolve();
        },
      },
      terminal: () => terminal,
      readCourse: () => ({
        title: { "zh-CN": "课", en: "c" },
        summary: { "zh-CN": "课", en: "c" },
        chapters: [],
      }),
      loadTranslated: load,
      loadLesson: load,
      loadFile: () => Promise.reject(new Error("no file")),
    },
    "en",
  );
  return { machine, store, typed, kept };
}

/** All that was begun is over: nothing here waits for more than a promise, and a task comes after all of them. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe("CourseStore", () => {
  it("opens a lesson on a clean machine without another one, and watches its first step", async () => {
    const { machine, store } = setUp();
    await store.openLesson("begun");
    await settled();
    expect(machine.log).toEqual(["watch nothing", "script", "watch begun/one"]);
    expect(store.getSnapshot()).toMatchObject({ atStep: true, index: 0, open: true });
  });

  it("keeps what is done, and goes on where the learner was after a reload", async () => {
    const { machine, store, kept } = setUp();
    await store.openLesson("a");
    await settled();
    machine.tell("a/one", PASS);
    machine.tell("b/one", PASS);
    await store.goTo(1);
    expect(kept.at(-1)).toMatchObject({ done: ["a/one"], place: { lesson: "a", step: "two" }, open: true });
    const again = setUp(kept.at(-1));
    await again.store.load();
    await settled();
    expect(again.store.getSnapshot()).toMatchObject({ index: 1, open: true, done: new Set(["a/one"]) });
    // The new machine is brought to the second step.
    expect(again.machine.log).toEqual(["watch nothing", "docker run one 80", "end", "watch a/two"]);
  });

  it("goes on from a done step as the machine is", async () => {
    const { machine, store } = setUp();
    await store.openLesson("a");
    await settled();
    machine.tell("a/one", PASS);
    machine.log.length = 0;
    await store.goTo(1);
    expect(machine.log).toEqual(["watch a/two"]);
    expect(store.getSnapshot().atStep).toBe(true);
  });

  it("does not throw the learner's machine away when they only look at another step", async () => {
    const { machine, store, typed } = setUp();
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
    const { machine, store } = setUp();
    await store.openLesson("a");
    await settled();
    expect(machine.isTouched).toBe(false);
    machine.log.length = 0;
    await store.restartStep();
    expect(machine.log).toContain("restart");
  });

  it("takes no machine for clean into which the learner has typed", async () => {
    const { machine, store } = setUp();
    machine.isTouched = true;
    await store.openLesson("begun");
    await settled();
    expect(machine.log).toEqual(["watch begun/one"]);
    expect(store.getSnapshot().atStep).toBe(false);
    await store.prepare();
    expect(machine.log.slice(1)).toEqual(["watch nothing", "restart", "script", "watch begun/one"]);
  });

  it("brings a machine that was reset to the shown step by itself", async () => {
    const { machine, store } = setUp();
    await store.openLesson("a");
    await settled();
    machine.log.length = 0;
    machine.set({ kind: "booting" });
    machine.set({ kind: "ready" });
    await settled();
    expect(machine.log).toEqual(["watch nothing", "watch a/one"]);
  });

  it("tells whether the machine can be used, when it is paused and goes on as well", async () => {
    const { machine, store } = setUp();
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

  it("says when the machine could not be prepared", async () => {
    const { machine, store } = setUp();
    machine.scriptStatus = 1;
    await store.openLesson("begun");
    await settled();
    expect(store.getSnapshot().preparation).toEqual({ kind: "failed", message: "oops" });
  });

  it("says that a terminal is busy, and that a lesson cannot be had", async () => {
    const { store } = setUp();
    await store.openLesson("a");
    await settled();
    await store.act({ type: "run", command: "docker run two", terminal: 1, inside: false, stays: false });
    expect(store.getSnapshot().notice).toEqual({ kind: "busy" });
    await store.openLesson("gone");
    expect(store.getSnapshot()).toMatchObject({ loading: false, failure: "no such lesson" });
  });

  it("takes a value that the lesson accepts, and no other", async () => {
    const { store, kept } = setUp();
    await store.openLesson("a");
    expect(store.setValue("port", "x; reboot")).toBe(false);
    expect(store.setValue("port", "90")).toBe(true);
    expect(store.getSnapshot().values).toEqual({ port: "90" });
    await vi.waitFor(() => expect(kept.at(-1)).toMatchObject({ values: { port: "90" } }));
  });

  it("does nothing for a lesson from elsewhere before the reader agrees", async () => {
    const { machine, store, typed } = setUp();
    store.openOutside(lesson("https://blog/x", "start:\n  run: rm -rf /\n"), "https://blog/x");
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
