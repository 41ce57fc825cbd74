/** Proves a lesson: every step's check fails at its start and holds after its solution, and so on for other routes. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CheckResult, GuestAction } from "../../contract/checks";
import type { StepRequest } from "../../worker/checks/request";
import { checkRequest, toGuestAction } from "../../web/course/format/guest-actions";
import { mistakeMade, type Doings, type TypedCommand } from "../../web/course/format/mistakes";
import {
  routeActions,
  solutionActions,
  type Action,
  type Lesson,
  type Mistake,
  type Step,
} from "../../web/course/format/model";
import { planTo, type PlanDoors, type Task } from "../../web/course/format/prepare";
import { fillText, resolveValues, type Values } from "../../web/course/format/variables";
import { COURSE } from "./course-folder";
import type { Rig, RigCheckpoint } from "./rig";

/** Seconds for what is true in the end to be seen: a container that has just started, a server that comes up. */
const PASS_SECONDS = 60;
/** Seconds for a mistake's hint to come, and to stay. */
const HINT_SECONDS = 30;
const STAYS_SECONDS = 4;
const PRINTED_CHARACTERS = 600;

/** Where the machine stands: at a step's start, at its end, or at an unknown place. */
type Place =
  | { readonly at: "start" | "end"; readonly index: number; readonly checkpoint?: RigCheckpoint }
  | { readonly at: "nowhere" };

/**
 * The proofs of one lesson. Each gets to its step as a learner does: on from the end of the step before, or, where that
 * did not come to its end, in a clean machine by the way of "start here" (web/course/format/prepare.ts).
 */
export class LessonProof {
  readonly #rig: Rig;
  readonly #lesson: Lesson;
  readonly #chosen: Values;
  readonly #values: Values;
  readonly #doors: PlanDoors;
  #place: Place = { at: "nowhere" };
  #sinceMs = 0;
  /** The end of what the hidden terminals printed, by number: to find the reason of a failure. */
  readonly #printed = new Map<number, string>();

  /**
   * @param lessons all of the course, for those that the lesson stands upon
   * @param chosen the learner's values: of this lesson, and of those that it stands upon
   */
  constructor(rig: Rig, lesson: Lesson, lessons: readonly Lesson[], chosen: Values = {}) {
    this.#rig = rig;
    this.#lesson = lesson;
    this.#chosen = chosen;
    this.#values = resolveValues(lesson.variables, chosen);
    this.#doors = {
      loadLesson: async (id) => {
        const found = lessons.find((each) => each.id === id);
        if (found === undefined) throw new Error(`there is no lesson "${id}"`);
        return Promise.resolve(found);
      },
      loadFile: async (id, name) => Uint8Array.from(await readFile(join(COURSE, id, "files", name))),
    };
  }

  /** A clean machine gets to the start of the lesson. */
  async start(signal: AbortSignal): Promise<void> {
    this.#rig.signal = signal;
    await this.#prepare(0);
  }

  /** The check fails at the step's start, and is not broken. */
  async before(index: number, signal: AbortSignal): Promise<void> {
    const step = await this.#begin(index, signal);
    const { step: result } = await this.#rig.lookUntil(this.#request(step, {}), 0, () => true);
    if (result.state === "pass") throw new Error("the check holds before anything was done");
    if (result.state === "broken") throw new Error(`broken at its start: ${describe(result)}`);
  }

  /** The step is done after its solution, and the machine goes on from there. */
  async solution(index: number, signal: AbortSignal): Promise<void> {
    const step = await this.#begin(index, signal);
    this.#place = { at: "nowhere" };
    await this.#solve(step, solutionActions(step));
    this.#place = { at: "end", index };
  }

  /** The step is done by another route too. */
  async route(index: number, which: number, signal: AbortSignal): Promise<void> {
    await this.#aside(index, signal, async (step) => {
      const route = step.routes[which];
      if (route === undefined) throw new Error(`there is no route ${which + 1}`);
      await this.#solve(step, routeActions(step, route));
    });
  }

  /** A mistake gets its hint. */
  async mistake(index: number, which: number, signal: AbortSignal): Promise<void> {
    await this.#aside(index, signal, async (step) => {
      const mistake = step.mistakes[which];
      if (mistake === undefined) throw new Error(`there is no mistake ${which + 1}`);
      await this.#err(step, routeActions(step, mistake), mistake);
    });
  }

  /** Does something from the step's start on, and goes back there. */
  async #aside(index: number, signal: AbortSignal, run: (step: Step) => Promise<void>): Promise<void> {
    const step = await this.#begin(index, signal);
    const known = this.#place.at === "start" ? this.#place.checkpoint : undefined;
    this.#place = { at: "nowhere" };
    const checkpoint = known ?? (await this.#rig.checkpoint());
    try {
      await run(step);
    } finally {
      await this.#rig.back(checkpoint);
      this.#place = { at: "start", index, checkpoint };
    }
  }

  /** Gets the machine to the step's start, if it is not there. */
  async #begin(index: number, signal: AbortSignal): Promise<Step> {
    this.#rig.signal = signal;
    const step = this.#lesson.steps[index];
    if (step === undefined) throw new Error(`there is no step ${index + 1}`);
    const place = this.#place;
    if (place.at === "start" && place.index === index) return step;
    if (place.at === "end" && place.index === index - 1) {
      this.#place = { at: "nowhere" };
      if (step.start !== undefined) await this.#work((await this.#plan(index)).slice(-1));
      this.#arrive(index);
    } else await this.#prepare(index);
    return step;
  }

  /** The learner's "start here". */
  async #prepare(index: number): Promise<void> {
    this.#place = { at: "nowhere" };
    const tasks = await this.#plan(index);
    await this.#rig.reset();
    await this.#work(tasks);
    this.#arrive(index);
  }

  #plan(index: number): Promise<Task[]> {
    return planTo(this.#lesson, index, this.#chosen, this.#doors);
  }

  async #work(tasks: readonly Task[]): Promise<void> {
    this.#printed.clear();
    for (const { actions } of tasks) for (const action of actions) await this.#perform(action);
  }

  #arrive(index: number): void {
    this.#sinceMs = Date.now();
    this.#place = { at: "start", index };
  }

  /**
   * Does what a solution says, gives the right answers, and waits until the step is done. After each block on the way no
   * mistake may be told.
   */
  async #solve(step: Step, actions: readonly Action[]): Promise<void> {
    const given = await this.#performAll(actions, async (doings) => {
      const { step: result } = await this.#rig.lookUntil(this.#request(step, {}), 0, () => true);
      const accused = mistakeMade(step, result, doings, this.#values);
      if (accused !== undefined) {
        throw new Error(`the right way is called the mistake ${accused.expect} after "${lastOf(doings)}"`);
      }
    });
    const request = this.#request(step, await this.#answers(step, given));
    const { step: result } = await this.#rig.lookUntil(
      request,
      PASS_SECONDS,
      ({ step: { state } }) => state === "pass",
    );
    await this.#rig.perform({ type: "end" });
    if (result.state !== "pass") throw new Error(`${describe(result)}${this.#lastWords()}`);
  }

  #lastWords(): string {
    return [...this.#printed].map(([terminal, text]) => `\n-- terminal ${terminal}:\n${text}`).join("");
  }

  /** Does what is wrong, and waits for the mistake's text, which has to stay: as the page finds it. */
  async #err(step: Step, actions: readonly Action[], mistake: Mistake): Promise<void> {
    let commands: Doings["commands"] = [];
    const given = await this.#performAll(actions, (doings) => {
      commands = doings.commands;
      return Promise.resolve();
    });
    const wrong = Object.keys(given).length > 0;
    const answers = wrong ? await this.#answers(step, given) : {};
    const request = this.#request(step, answers);
    const gets = (result: CheckResult): boolean =>
      mistakeMade(step, result, { commands, answers }, this.#values) === mistake;
    const first = await this.#rig.lookUntil(request, HINT_SECONDS, ({ step: result }) => gets(result));
    if (!gets(first.step)) {
      throw new Error(
        `the hint is ${describe(first.step)}, not ${mistake.expect}, or another mistake is told${this.#lastWords()}`,
      );
    }
    const later = await this.#rig.lookUntil(request, STAYS_SECONDS, ({ step: result }) => !gets(result));
    if (!gets(later.step))
      throw new Error(`the mistake ${mistake.expect} goes away by itself: ${describe(later.step)}`);
  }

  /** @param after called when each has been done, with all that a learner's terminals would have shown as typed */
  async #performAll(
    actions: readonly Action[],
    after: (doings: Doings) => Promise<void>,
  ): Promise<Record<string, string>> {
    const answers: Record<string, string> = {};
    const commands: TypedCommand[] = [];
    this.#printed.clear();
    for (const action of actions) {
      if (action.type === "answer") answers[action.id] = fillText(action.text, this.#values);
      const asked = toGuestAction(action, this.#values);
      if (asked === undefined) continue;
      await this.#perform(asked);
      if (asked.type === "run" && !asked.inside) commands.push({ text: asked.command, ended: !asked.stays });
      await after({ commands: [...commands], answers: {} });
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

  async #perform(action: GuestAction): Promise<void> {
    const { status, output } = await this.#rig.perform(action);
    if ("terminal" in action) this.#printed.set(action.terminal, output.slice(-PRINTED_CHARACTERS));
    if (action.type === "script" && status !== 0) {
      throw new Error(`a starting point ended with ${status ?? "nothing"}: ${output.slice(-1000)}`);
    }
  }

  #request(step: Step, answers: Values): StepRequest {
    return checkRequest(this.#lesson, step, this.#values, this.#sinceMs, answers);
  }
}

function lastOf({ commands }: Doings): string {
  return commands.at(-1)?.text ?? "";
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
