/** Proves a lesson: every step's check fails at its start and holds after its solution, and so on for other routes. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CheckResult, GuestAction } from "../../contract/checks";
import type { StepRequest } from "../../worker/checks/request";
import { messageOf } from "../../contract/errors";
import { checkRequest, startActions, toGuestAction } from "../../web/course/format/guest-actions";
import {
  routeActions,
  solutionActions,
  type Action,
  type Lesson,
  type Step,
} from "../../web/course/format/model";
import { resolveValues, type Values } from "../../web/course/format/variables";
import { COURSE } from "./course-folder";
import type { Proof } from "./proof";
import { Rig } from "./rig";

/** Seconds for what is true in the end to be seen: a container that has just started, a server that comes up. */
const PASS_SECONDS = 60;
/** Seconds for a mistake's hint to come, and to stay. */
const HINT_SECONDS = 30;
const STAYS_SECONDS = 4;
const PRINTED_CHARACTERS = 600;

/** Never rejects: what goes wrong is a proof that is not ok. */
export async function proveLesson(
  lesson: Lesson,
  lessons: readonly Lesson[],
  { guestFolder, quick }: { readonly guestFolder: string; readonly quick: boolean },
  onProof: (proof: Proof) => void,
): Promise<void> {
  const rig = await Rig.open(guestFolder);
  try {
    await new Prover(rig, lesson, lessons, quick, onProof).run();
  } finally {
    await rig.close();
  }
}

class Prover {
  readonly #rig: Rig;
  readonly #lesson: Lesson;
  readonly #lessons: readonly Lesson[];
  readonly #values: Values;
  readonly #quick: boolean;
  readonly #onProof: (proof: Proof) => void;
  /** The end of what the hidden terminals printed, by number: for whoever looks for the reason of a failure. */
  readonly #printed = new Map<number, string>();

  constructor(
    rig: Rig,
    lesson: Lesson,
    lessons: readonly Lesson[],
    quick: boolean,
    onProof: (proof: Proof) => void,
  ) {
    this.#rig = rig;
    this.#quick = quick;
    this.#lesson = lesson;
    this.#lessons = lessons;
    this.#values = resolveValues(lesson.variables, {});
    this.#onProof = onProof;
  }

  async run(): Promise<void> {
    const started = await this.#prove("", "start", async () => {
      await this.#start(this.#lesson, undefined);
      return "";
    });
    if (!started) return;
    for (const step of this.#lesson.steps) {
      // What comes after a step that cannot be solved would fail for that reason alone.
      if (!(await this.#proveStep(step))) return;
    }
  }

  async #proveStep(step: Step): Promise<boolean> {
    let sinceMs = Date.now();
    const begun = await this.#prove(step.id, "before", async () => {
      await this.#start(this.#lesson, step);
      sinceMs = Date.now();
      const { step: result } = await this.#rig.lookUntil(this.#request(step, sinceMs, {}), 0, () => true);
      if (result.state === "pass") throw new Error("the check holds before anything was done");
      if (result.state === "broken") throw new Error(`broken at its start: ${describe(result)}`);
      return describe(result);
    });
    if (!begun) return false;
    if (!this.#quick) await this.#proveOthers(step, sinceMs);
    return this.#prove(step.id, "solution", () =>
      this.#solve(this.#lesson, step, solutionActions(step), sinceMs),
    );
  }

  async #proveOthers(step: Step, sinceMs: number): Promise<void> {
    if (step.routes.length + step.mistakes.length === 0) return;
    const checkpoint = await this.#rig.checkpoint();
    for (const [index, route] of step.routes.entries()) {
      await this.#prove(step.id, `route ${index + 1}`, () =>
        this.#solve(this.#lesson, step, routeActions(step, route), sinceMs),
      );
      await this.#rig.back(checkpoint);
    }
    for (const [index, mistake] of step.mistakes.entries()) {
      await this.#prove(step.id, `mistake ${index + 1}`, () =>
        this.#err(step, routeActions(step, mistake), mistake.expect, sinceMs),
      );
      await this.#rig.back(checkpoint);
    }
  }

  /** Does what a solution says, gives the right answers, and waits until the step is done. */
  async #solve(lesson: Lesson, step: Step, actions: readonly Action[], sinceMs: number): Promise<string> {
    const given = await this.#performAll(actions);
    const answers = await this.#answers(step, given);
    const request = this.#request(step, sinceMs, answers, lesson);
    const { step: result } = await this.#rig.lookUntil(
      request,
      PASS_SECONDS,
      ({ step: { state } }) => state === "pass",
    );
    await this.#rig.perform({ type: "end" });
    if (result.state !== "pass") throw new Error(`${describe(result)}${this.#lastWords()}`);
    return "";
  }

  #lastWords(): string {
    return [...this.#printed].map(([terminal, text]) => `\n-- terminal ${terminal}:\n${text}`).join("");
  }

  async #err(step: Step, actions: readonly Action[], expect: string, sinceMs: number): Promise<string> {
    const given = await this.#performAll(actions);
    const wrong = Object.keys(given).length > 0;
    const answers = wrong ? await this.#answers(step, given) : {};
    const request = this.#request(step, sinceMs, answers);
    const gets = (result: CheckResult): boolean =>
      result.state !== "pass" && result.hint?.code === expect && result.hint.found !== "starting";
    const first = await this.#rig.lookUntil(request, HINT_SECONDS, ({ step: result }) => gets(result));
    if (!gets(first.step)) {
      throw new Error(`the hint is ${describe(first.step)}, not ${expect}${this.#lastWords()}`);
    }
    const later = await this.#rig.lookUntil(request, STAYS_SECONDS, ({ step: result }) => !gets(result));
    if (!gets(later.step)) throw new Error(`the hint ${expect} goes away by itself: ${describe(later.step)}`);
    return describe(later.step);
  }

  async #performAll(actions: readonly Action[]): Promise<Record<string, string>> {
    const answers: Record<string, string> = {};
    this.#printed.clear();
    for (const action of actions) {
      if (action.type === "answer") answers[action.id] = action.text;
      const asked = toGuestAction(action, this.#values);
      if (asked !== undefined) await this.#perform(asked);
    }
    return answers;
  }

  /** What was answered, and the right answers to all other questions. */
  async #answers(step: Step, given: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    const answers: Record<string, string> = { ...given };
    for (const { id, text, shell, example } of step.asks) {
      if (given[id] !== undefined) continue;
      answers[id] = text ?? example ?? (shell === undefined ? "" : await this.#rig.answerOf(shell));
      if (answers[id] === "") throw new Error(`the question "${id}" has an empty answer`);
    }
    return answers;
  }

  /** What is done out of sight before the lesson, or before one of its steps. */
  async #start(lesson: Lesson, step: Step | undefined): Promise<void> {
    const start = step === undefined ? lesson.start : step.start;
    if (start?.after !== undefined) await this.#leadTo(start.after);
    const read = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
      Uint8Array.from(await readFile(join(COURSE, lesson.id, "files", name)));
    for (const action of await startActions(start, this.#values, read)) await this.#perform(action);
  }

  /** Everything from the clean machine to the end of another lesson's step. */
  async #leadTo(place: string): Promise<void> {
    const [lessonId = "", stepId = ""] = place.split("/");
    const lesson = this.#lessons.find(({ id }) => id === lessonId);
    if (lesson === undefined) throw new Error(`there is no lesson "${lessonId}"`);
    const values = resolveValues(lesson.variables, {});
    await this.#start(lesson, undefined);
    for (const step of lesson.steps) {
      await this.#start(lesson, step);
      for (const action of solutionActions(step)) {
        const asked = toGuestAction(action, values);
        if (asked !== undefined) await this.#perform(asked);
      }
      await this.#rig.perform({ type: "end" });
      if (step.id === stepId) return;
    }
  }

  async #perform(action: GuestAction): Promise<void> {
    const { status, output } = await this.#rig.perform(action);
    if ("terminal" in action) this.#printed.set(action.terminal, output.slice(-PRINTED_CHARACTERS));
    if (action.type === "script" && status !== 0) {
      throw new Error(`a starting point ended with ${status ?? "nothing"}: ${output.slice(-1000)}`);
    }
  }

  #request(step: Step, sinceMs: number, answers: Values, lesson = this.#lesson): StepRequest {
    return checkRequest(lesson, step, this.#values, sinceMs, answers);
  }

  async #prove(step: string, what: string, run: () => Promise<string>): Promise<boolean> {
    const began = performance.now();
    let detail: string;
    let ok = true;
    try {
      detail = await run();
    } catch (error) {
      ok = false;
      detail = messageOf(error);
    }
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    this.#onProof({ lesson: this.#lesson.id, step, what, ok, seconds, detail });
    return ok;
  }
}

function describe(result: CheckResult): string {
  if (result.state === "pass") return "pass";
  const { hint } = result;
  if (hint === undefined) return `${result.state}: Docker does not answer`;
  const { code, subject, expected, found } = hint;
  const more = [
    expected === undefined ? "" : `wants ${expected}`,
    found === undefined ? "" : `finds ${found}`,
  ];
  return [code, subject, ...more].filter((part) => part !== "").join(", ");
}
