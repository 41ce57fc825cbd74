/**
 * A lesson as the page and the scripts use it: one object a language. Made by parse-lesson.ts; as JSON it is the form in
 * which a course's lessons are on the site, whose schema is in compiled.ts.
 */
import type { Localised } from "../../../contract/check-fields";
import type { Check, CheckOf } from "../../../worker/checks/kinds";
import type { Language } from "../../i18n/language";
import { actionsOf, type Action, type Prose } from "./prose";
import type { Ask, Start, Variable, When } from "./schema";

export type { Action, TerminalNumber } from "./prose";

/** The language in which a course is written; the other is a translation. */
export const ORIGINAL: Language = "zh-CN";

export interface Route {
  readonly body: Prose;
}

export interface Mistake extends Route {
  /** What its heading says behind the colon. */
  readonly title?: string | undefined;
  /** The hint that it must get: `container.state`. */
  readonly expect: string;
  /** By what it is told that it was made, where its own commands are not enough (mistakes.ts). */
  readonly when?: When | undefined;
}

export interface Step {
  readonly id: string;
  readonly title: string;
  /** Where its heading stands in the file. */
  readonly line: number;
  /** Rows of scripts/accept/commands.tsv that it teaches. */
  readonly rows: readonly string[];
  readonly start?: Start | undefined;
  readonly needs: readonly Check[];
  /** Those of `ask` come last. */
  readonly checks: readonly Check[];
  readonly asks: readonly Ask[];
  readonly body: Prose;
  /** The first is the gentlest. */
  readonly hints: readonly Prose[];
  readonly solution?: Route | undefined;
  readonly routes: readonly Route[];
  readonly mistakes: readonly Mistake[];
  readonly proved: Prose;
}

export interface Lesson {
  readonly id: string;
  readonly language: Language;
  readonly title: string;
  readonly summary: string;
  readonly minutes?: number | undefined;
  readonly variables: readonly Variable[];
  readonly start?: Start | undefined;
  readonly intro: Prose;
  readonly steps: readonly Step[];
}

/** What brings a step from its start to its end: the text's own commands, then those of its solution. */
export function solutionActions(step: Step): Action[] {
  return [...actionsOf(step.body), ...actionsOf(step.solution?.body ?? [])];
}

/** The same by another route, or by a mistake: it stands for the solution, or for the text where there is none. */
export function routeActions(step: Step, { body }: Route): Action[] {
  return step.solution === undefined ? actionsOf(body) : [...actionsOf(step.body), ...actionsOf(body)];
}

/** The check that a question stands for. */
export function askCheck(ask: Ask): CheckOf<"answer"> {
  const { id, text, matches, shell, hint } = ask;
  return {
    answer: id,
    ...(text === undefined ? {} : { text }),
    ...(matches === undefined ? {} : { matches }),
    ...(shell === undefined ? {} : { shell }),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** A localised text in one language. */
export function localise(value: Localised, language: Language): string {
  return typeof value === "string" ? value : value[language];
}
