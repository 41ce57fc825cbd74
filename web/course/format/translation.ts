/** A lesson in another language: the prose is the translation's, all that a machine reads is the original's. */
import { Findings, nearest, type Diagnostic } from "./diagnostics";
import { ORIGINAL, type Lesson, type Route, type Step } from "./model";
import { actionsOf, type Action } from "./prose";
import { SECTION_HEADINGS } from "./sections";

export interface Translated {
  readonly lesson: Lesson;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Joins a translation to its original and says where they part: steps, parts of a step, or what is run and saved.
 *
 * @param file the translation's, for diagnostics
 */
export function joinTranslation(original: Lesson, translation: Lesson, file: string): Translated {
  const findings = new Findings(file);
  const ids = original.steps.map(({ id }) => id);
  const byId = new Map(translation.steps.map((step) => [step.id, step]));
  for (const { id, line } of translation.steps) {
    if (!ids.includes(id)) findings.add(line, `the original has no step "${id}"`, nearest(id, ids));
  }
  const steps = original.steps.map((step) => {
    const translated = byId.get(step.id);
    if (translated === undefined) {
      findings.add(1, `the step "${step.id}" is not translated`);
      return step;
    }
    compareStep(step, translated, findings);
    return joinStep(step, translated);
  });
  const known = translation.steps.map(({ id }) => id).filter((id) => ids.includes(id));
  if (known.join() !== ids.filter((id) => byId.has(id)).join()) {
    findings.add(1, `the steps stand in another order than in the original: ${ids.join(", ")}`);
  }
  const { language, title, summary, intro } = translation;
  return { lesson: { ...original, language, title, summary, intro, steps }, diagnostics: findings.list };
}

function joinStep(
  original: Step,
  { title, line, body, hints, solution, routes, mistakes, proved }: Step,
): Step {
  const told = mistakes.map((mistake, index) => ({ ...mistake, when: original.mistakes[index]?.when }));
  return { ...original, title, line, body, hints, solution, routes, mistakes: told, proved };
}

function compareStep(original: Step, translated: Step, findings: Findings): void {
  const { id, line } = translated;
  const heading = SECTION_HEADINGS[ORIGINAL];
  const counts: [string, readonly unknown[], readonly unknown[]][] = [
    [heading.hint, original.hints, translated.hints],
    [heading.solution, listOf(original.solution), listOf(translated.solution)],
    [heading.route, original.routes, translated.routes],
    [heading.mistake, original.mistakes, translated.mistakes],
  ];
  for (const [name, here, there] of counts) {
    if (here.length !== there.length) {
      findings.add(
        line,
        `the step "${id}" has ${there.length} of the part "${name}", the original ${here.length}`,
      );
    }
  }
  compareActions(id, line, actionsOf(original.body), actionsOf(translated.body), findings);
  const sections = (step: Step): readonly Route[] => [
    ...listOf(step.solution),
    ...step.routes,
    ...step.mistakes,
  ];
  const theirs = sections(translated);
  for (const [index, section] of sections(original).entries()) {
    compareActions(id, line, actionsOf(section.body), actionsOf(theirs[index]?.body ?? []), findings);
  }
  for (const [index, { expect }] of original.mistakes.entries()) {
    const other = translated.mistakes[index];
    if (other !== undefined && other.expect !== expect) {
      findings.add(
        line,
        `a mistake of the step "${id}" expects "${other.expect}", in the original "${expect}"`,
        expect,
      );
    }
  }
}

function compareActions(
  id: string,
  line: number,
  original: readonly Action[],
  translated: readonly Action[],
  findings: Findings,
): void {
  for (let index = 0; index < Math.max(original.length, translated.length); index++) {
    const here = original[index];
    const there = translated[index];
    if (here !== undefined && there !== undefined && essence(here) === essence(there)) continue;
    findings.add(
      line,
      `the step "${id}" does something else than the original: ${describe(there)} in place of ${describe(here)}`,
    );
    return;
  }
}

/** An action without comments, which are translated. */
function essence(action: Action): string {
  if (action.type === "file") return JSON.stringify({ ...action, text: withoutComments(action.text) });
  if (action.type === "run") return JSON.stringify({ ...action, command: withoutComments(action.command) });
  return JSON.stringify(action);
}

function withoutComments(text: string): string {
  return text
    .split("\n")
    .filter((line) => !/^\s*(#(?!!)|\/\/|<!--)/u.test(line))
    .map((line) => line.replace(/\s+# .*$/u, "").trimEnd())
    .join("\n");
}

function describe(action: Action | undefined): string {
  if (action === undefined) return "nothing";
  if (action.type === "run") return `"${withoutComments(action.command).split("\n")[0] ?? ""}"`;
  if (action.type === "file") return `the file ${action.path}`;
  if (action.type === "answer") return `the answer "${action.text}"`;
  return `the keys ${action.keys.join(" ")}`;
}

function listOf(route: Route | undefined): readonly Route[] {
  return route === undefined ? [] : [route];
}
