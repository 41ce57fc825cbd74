/** A lesson as the page and the scripts use it. Made by parse-lesson.ts; one object a language. */
import type { RootContent } from "mdast";
import type { Localised } from "../../../contract/check-fields";
import type { Check, CheckOf } from "../../../worker/checks/kinds";
import type { Language } from "../../i18n/language";
import type { Ask, Start, Variable } from "./schema";

/** Something that the learner does with one click, and `lessons:verify` without. */
export type Action =
  | {
      readonly type: "run";
      readonly command: string;
      readonly terminal: TerminalNumber;
      /** Typed into the program that the block before has left running. */
      readonly inside: boolean;
      /** The command does not come back to the prompt by itself. */
      readonly stays: boolean;
    }
  | { readonly type: "file"; readonly path: string; readonly text: string; readonly mode: string }
  /** What is written into a question's field. */
  | { readonly type: "answer"; readonly id: string; readonly text: string }
  | { readonly type: "keys"; readonly keys: readonly string[]; readonly terminal: TerminalNumber };

export type TerminalNumber = 1 | 2 | 3;

/** Prose with its code blocks. */
export type Prose = readonly RootContent[];

export interface Mistake {
  /** The hint that it must get: `container.state`. */
  readonly expect: string;
  readonly body: Prose;
  readonly actions: readonly Action[];
}

export interface Route {
  readonly body: Prose;
  readonly actions: readonly Action[];
}

export interface Step {
  readonly id: string;
  readonly title: string;
  /** Where its heading stands in the file. */
  readonly line: number;
  /** Rows of scripts/accept/commands.tsv that it teaches. */
  readonly rows: readonly string[];
  readonly start: Start | undefined;
  readonly needs: readonly Check[];
  /** Those of `ask` come last. */
  readonly checks: readonly Check[];
  readonly asks: readonly Ask[];
  readonly body: Prose;
  /** The first is the gentlest. */
  readonly hints: readonly Prose[];
  readonly solution: Route | undefined;
  readonly routes: readonly Route[];
  readonly mistakes: readonly Mistake[];
  readonly proved: Prose;
}

export interface Lesson {
  readonly id: string;
  readonly language: Language;
  readonly title: string;
  readonly summary: string;
  readonly minutes: number | undefined;
  readonly variables: readonly Variable[];
  readonly start: Start | undefined;
  readonly intro: Prose;
  readonly steps: readonly Step[];
}

/** What brings a step from its start to its end: the text's own commands, then those of its solution. */
export function solutionActions(step: Step, actionsOf: (body: Prose) => readonly Action[]): Action[] {
  return [...actionsOf(step.body), ...(step.solution?.actions ?? [])];
}

/** The same by another route, or by a mistake: it stands for the solution, or for the text where there is none. */
export function routeActions(
  step: Step,
  route: { readonly actions: readonly Action[] },
  actionsOf: (body: Prose) => readonly Action[],
): Action[] {
  return step.solution === undefined ? [...route.actions] : [...actionsOf(step.body), ...route.actions];
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
