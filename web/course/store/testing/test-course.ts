/** For tests of the course: lessons, a machine that does what it is told, and a store with both. */
import type { CheckResult } from "../../../../contract/checks";
import type { MachineStatus } from "../../../../contract/protocol";
import { NO_MACHINE, type StepListener } from "../../../vm/machine-client";
import type { Lesson } from "../../format/model";
import { parseLesson } from "../../format/parse-lesson";
import { CourseStore } from "../course-store";
import type { MachineDoor, PointDoor, StepPoint, TerminalDoor } from "../doors";

/** Three steps and a variable. `start` is put into its header. */
export function testLesson(id: string, start = ""): Lesson {
  const step = (name: string): string =>
    `## ${name}\n\n\`\`\`sh run\ndocker run ${name} {{port}}\n\`\`\`\n\n### What you just proved\n\nIt.\n\n\`\`\`yaml step\nid: ${name}\nchecks:\n  - image: x\n\`\`\`\n`;
  const text = `---\ntitle: ${id}\nsummary: s\nlanguage: en\nminutes: 15\nvariables:\n  - { id: port, label: p, default: "80", pattern: "[0-9]+" }\n${start}---\n${step("one")}${step("two")}${step("three")}`;
  const parsed = parseLesson({ id, file: id, text, language: "en" });
  if (parsed.lesson === undefined) throw new Error("no lesson");
  return parsed.lesson;
}

export class ScriptedMachine implements MachineDoor {
  readonly log: string[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #steps = new Set<StepListener>();
  status: MachineStatus = { kind: "ready" };
  scriptStatus = 0;
  isTouched = false;

  getSnapshot(): ReturnType<MachineDoor["getSnapshot"]> {
    return { ...NO_MACHINE, status: this.status };
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
  readonly lesson: MachineDoor["lesson"] = {
    watchStep: (request) => {
      this.log.push(`watch ${request?.step ?? "nothing"}`);
      return Promise.resolve();
    },
    checkNow: () => {
      this.log.push("check");
      return Promise.resolve();
    },
    perform: (action) => {
      this.isTouched = true;
      this.log.push(action.type === "run" ? action.command : action.type);
      return Promise.resolve({ status: this.scriptStatus, output: "oops" });
    },
  };
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

/** Points in time of a machine that says yes to whatever it has. */
export class TestPoints implements PointDoor {
  readonly log: string[] = [];
  readonly #listeners = new Set<() => void>();
  #left: readonly string[] = [];
  /** The machine cannot go back. */
  isOff = false;

  has(point: StepPoint): boolean {
    return !this.isOff && this.#left.includes(keyOf(point));
  }
  leave(point: StepPoint, title: string): Promise<void> {
    this.log.push(`leave ${keyOf(point)} ${title}`);
    this.#left = [...this.#left, keyOf(point)];
    for (const listener of this.#listeners) listener();
    return Promise.resolve();
  }
  goBack(point: StepPoint): Promise<boolean> {
    const has = this.has(point);
    if (has) this.log.push(`back to ${keyOf(point)}`);
    return Promise.resolve(has);
  }
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

const keyOf = ({ kind, lesson, step, values }: StepPoint): string =>
  `${kind} ${lesson}/${step} ${values["port"] ?? ""}`;

/** `begun` is a lesson with a start, `gone` one that cannot be had; any other id is one without a start. */
export function setUpCourse(stored?: unknown): {
  machine: ScriptedMachine;
  store: CourseStore;
  typed: string[];
  kept: unknown[];
  points: TestPoints;
} {
  const points = new TestPoints();
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
      : Promise.resolve(testLesson(id, id === "begun" ? "start:\n  run: docker pull x\n" : ""));
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
      points,
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
  return { machine, store, typed, kept, points };
}

/** All that was begun is over: nothing here waits for more than a promise, and a task comes after all of them. */
export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
