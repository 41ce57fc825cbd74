/**
 * Which common mistake the learner has made. Its text is shown only when its own condition holds: a check that does not
 * hold yet says what is missing, but not what was done, and a learner who has done nothing wrong must not be accused.
 */
import { compilePattern } from "../../../contract/check-fields";
import type { CheckResult } from "../../../contract/checks";
import { routeActions, type Mistake, type Step } from "./model";
import { actionsOf, type Action } from "./prose";
import { fillText, type Values } from "./variables";

/** A command that was typed at a prompt since the step began. */
export interface TypedCommand {
  /** As it stood at the prompt; several lines for a paste. */
  readonly text: string;
  /** The prompt is back. */
  readonly ended: boolean;
}

/** What the learner has done since the step began. */
export interface Doings {
  /** In order, of all terminals. */
  readonly commands: readonly TypedCommand[];
  readonly answers: Values;
}

/**
 * The mistake whose condition holds and whose hint this is; of several the one that was made last. None before anything
 * was done.
 */
export function mistakeMade(
  step: Step,
  result: CheckResult,
  doings: Doings,
  values: Values,
): Mistake | undefined {
  if (result.state !== "not-yet" || result.hint.found === "starting") return undefined;
  const { code, field } = result.hint;
  let made: Mistake | undefined;
  let last = -1;
  for (const mistake of step.mistakes) {
    if (mistake.expect !== code) continue;
    const place = whenMade(step, mistake, doings, values, field === "missing");
    if (place > last) [made, last] = [mistake, place];
  }
  return made;
}

/** Whether a mistake has anything by which it can be told: `when`, an answer, or a command. */
export function canBeTold(step: Step, mistake: Mistake): boolean {
  return (
    mistake.when !== undefined ||
    answersOf(mistake).length > 0 ||
    typedLines(routeActions(step, mistake), {}).length > 0
  );
}

/**
 * What tells two mistakes with one code apart, as a text: two that are the same here can never both be shown.
 * @param values for the placeholders; none are filled without
 */
export function conditionOf(step: Step, mistake: Mistake, values: Values = {}): string {
  if (mistake.when !== undefined) return `typed ${mistake.when.typed}`;
  const answers = answersOf(mistake);
  if (answers.length > 0) return answers.map(({ id, text }) => `${id}=${plain(text)}`).join();
  const { own, all } = linesOf(step, mistake, values);
  return own ?? all.join("\n");
}

/** The place among the learner's commands at which the mistake was made; an answer comes after all of them. -1: not made. */
function whenMade(
  step: Step,
  mistake: Mistake,
  { commands, answers }: Doings,
  values: Values,
  mustHaveEnded: boolean,
): number {
  const counted = mustHaveEnded ? commands.filter(({ ended }) => ended) : commands;
  if (mistake.when !== undefined) {
    // The learner's value may make no pattern of it: then nothing matches.
    const pattern = compilePattern(fillText(mistake.when.typed, values));
    return counted.findLastIndex(({ text }) => pattern?.test(text) === true);
  }
  const given = answersOf(mistake);
  if (given.length > 0) {
    const same = given.every(({ id, text }) => plain(answers[id] ?? "") === plain(fillText(text, values)));
    return same ? commands.length : -1;
  }
  const typed = counted.flatMap(({ text }) => lines(text));
  const { own, all } = linesOf(step, mistake, values);
  if (own !== undefined) return typed.lastIndexOf(own);
  const tail = typed.slice(-all.length);
  return all.length > 0 && tail.join("\n") === all.join("\n") ? typed.length - 1 : -1;
}

/**
 * A mistake's commands. `own` is the last that no right way has: who types it has made the mistake. A mistake without one
 * leaves something out or does things in another order, and is told by all that was typed last.
 */
function linesOf(step: Step, mistake: Mistake, values: Values): { own: string | undefined; all: string[] } {
  const right = new Set(
    [step.body, step.solution?.body ?? [], ...step.routes.map(({ body }) => body)].flatMap((body) =>
      typedLines(actionsOf(body), values),
    ),
  );
  const all = typedLines(actionsOf(mistake.body), values);
  return { own: all.findLast((line) => !right.has(line)), all };
}

/** What goes to a shell's prompt; what is typed into a program (`inside`) nobody reads there. */
function typedLines(actions: readonly Action[], values: Values): string[] {
  return actions.flatMap((action) =>
    action.type === "run" && !action.inside ? lines(fillText(action.command, values)) : [],
  );
}

/** A command's lines, without the space and the continuation prompts that make no difference. */
function lines(command: string): string[] {
  return command
    .split("\n")
    .map((line) =>
      line
        .replace(/^(?:> )+/u, "")
        .trim()
        .replace(/\s+/gu, " "),
    )
    .filter((line) => line !== "");
}

function answersOf(mistake: Mistake): Extract<Action, { type: "answer" }>[] {
  return actionsOf(mistake.body).filter((action) => action.type === "answer");
}

function plain(text: string): string {
  return text.trim().replace(/\s+/gu, " ").toLowerCase();
}
