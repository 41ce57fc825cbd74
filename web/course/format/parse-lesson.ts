/** One lesson's Markdown to a lesson, and every mistake in it to a diagnostic. docs/authoring.md has the rules. */
import type { RootContent } from "mdast";
import type { Language } from "../../i18n/language";
import { Findings, nearest, type Diagnostic } from "./diagnostics";
import type { Lesson, Step } from "./model";
import { readMarkdown, type Part } from "./read-markdown";
import { StepReader, type StepParts } from "./read-step";
import { lessonSchema, translatedLessonSchema } from "./schema";
import { toProse } from "./to-prose";
import { acceptsValue, placeholders } from "./variables";
import { parseYamlPart } from "./yaml-part";

export interface LessonSource {
  readonly id: string;
  /** For diagnostics. */
  readonly file: string;
  readonly text: string;
  readonly language: Language;
  /** A translation has the prose only: its frontmatter is title and summary, its steps' blocks only `id`. */
  readonly translation?: boolean;
}

export interface ParsedLesson {
  /** What could be made of it; undefined when not even a step could. With diagnostics it is for a preview only. */
  readonly lesson: Lesson | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Never throws: what is wrong is in the diagnostics. */
export function parseLesson(source: LessonSource): ParsedLesson {
  const findings = new Findings(source.file);
  const { frontmatter, parts } = readMarkdown(source.text);
  if (frontmatter === undefined) {
    findings.add(1, "the file begins with a frontmatter: ---, title: and summary:, ---");
  }
  const schema = source.translation === true ? translatedLessonSchema : lessonSchema;
  const header = frontmatter === undefined ? undefined : parseYamlPart(frontmatter, 2, schema, findings);
  const full = header === undefined ? undefined : lessonSchema.parse(header);
  const language = full?.language ?? source.language;
  const [intro, groups] = groupSteps(parts, findings);
  const reader = new StepReader(findings, language, source.translation === true);
  const steps = groups.map((group) => reader.read(group)).filter((step) => step !== undefined);
  if (groups.length === 0)
    findings.add(1, "a lesson has at least one step: a heading of the second level (##)");
  reportTwice(steps, findings);
  if (source.translation !== true) {
    const variables = full?.variables ?? [];
    for (const variable of variables) {
      if (!acceptsValue(variable, variable.default)) {
        findings.add(
          lineOfText(source.text, variable.default),
          `the default of "${variable.id}" does not match its pattern`,
        );
      }
    }
    if (full !== undefined)
      reportPlaceholders(
        source.text,
        variables.map(({ id }) => id),
        findings,
      );
  }
  const lesson: Lesson | undefined =
    steps.length === 0
      ? undefined
      : {
          id: source.id,
          language,
          title: full?.title ?? source.id,
          summary: full?.summary ?? "",
          minutes: full?.minutes,
          variables: full?.variables ?? [],
          start: full?.start,
          intro: toProse(intro),
          steps,
        };
  return { lesson, diagnostics: findings.list };
}

/** Steps are headings of the second level; what comes before the first is the lesson's introduction. */
function groupSteps(parts: readonly Part[], findings: Findings): [RootContent[], StepParts[]] {
  const intro: RootContent[] = [];
  const groups: { head: Part; sections: Part[] }[] = [];
  for (const part of parts) {
    const group = groups.at(-1);
    if (part.depth === 2) groups.push({ head: part, sections: [] });
    else if (part.depth === 3 && group !== undefined) group.sections.push(part);
    else if (part.depth === 3)
      findings.add(part.line, "a heading of the third level stands before the first step (##)");
    else {
      if (part.depth === 1 && group !== undefined) {
        findings.add(part.line, "a heading of the first level among the steps: steps are ##");
      }
      intro.push(...part.nodes);
    }
  }
  return [intro, groups];
}

function reportTwice(steps: readonly Step[], findings: Findings): void {
  const seen = new Map<string, number>();
  for (const { id, line } of steps) {
    const before = seen.get(id);
    if (before !== undefined)
      findings.add(line, `the step's id "${id}" is taken by the step on line ${before}`);
    seen.set(id, line);
  }
}

function reportPlaceholders(text: string, known: readonly string[], findings: Findings): void {
  for (const { name, line } of placeholders(text)) {
    if (known.includes(name)) continue;
    findings.add(line + 1, `no variable is called "${name}"`, nearest(name, known));
  }
}

function lineOfText(text: string, wanted: string): number {
  const index = text.split("\n").findIndex((line) => wanted !== "" && line.includes(wanted));
  return index + 1 || 1;
}
