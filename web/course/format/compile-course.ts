/**
 * A whole course out of its files: its lessons in both languages, what is wrong in each, and whether the pieces fit one
 * another. The site's build, the linter and the proofs all use it.
 */
import type { Language } from "../../i18n/language";
import { Findings, nearest, type Diagnostic } from "./diagnostics";
import type { LessonVariants } from "./compiled";
import { ORIGINAL, type Lesson, type Step } from "./model";
import { parseLesson } from "./parse-lesson";
import { courseSchema, type Course, type Start } from "./schema";
import { joinTranslation } from "./translation";
import { parseYamlPart } from "./yaml-part";

export interface LessonFiles {
  readonly id: string;
  /** Shown in diagnostics. */
  readonly folder: string;
  readonly original: string | undefined;
  readonly translation: string | undefined;
  /** Names in `files/`, with slashes. */
  readonly files: readonly string[];
}

export interface CourseFiles {
  /** The path of course.yaml, for diagnostics. */
  readonly file: string;
  readonly text: string;
  readonly lessons: readonly LessonFiles[];
  /** Ids of scripts/accept/commands.tsv; undefined when there is no such table. */
  readonly rows: readonly string[] | undefined;
}

export interface CompiledCourse {
  readonly course: Course | undefined;
  /** In the original language, in the course's order; those that could be read. */
  readonly lessons: readonly Lesson[];
  /** The same in both languages. A lesson without a translation is the original in both. */
  readonly variants: readonly LessonVariants[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Never throws. */
export function compileCourse(files: CourseFiles): CompiledCourse {
  const findings = new Findings(files.file);
  const course = parseYamlPart(files.text, 1, courseSchema, findings);
  const order = course?.chapters.flatMap(({ lessons }) => lessons) ?? [];
  const known = files.lessons.map(({ id }) => id);
  const lineOf = (id: string): number =>
    files.text.split("\n").findIndex((line) => line.includes(id)) + 1 || 1;
  for (const id of order) {
    if (!known.includes(id)) findings.add(lineOf(id), `there is no folder "${id}"`, nearest(id, known));
  }
  if (course !== undefined) {
    for (const id of known) {
      if (!order.includes(id)) findings.add(1, `the folder "${id}" is in no chapter`);
    }
  }
  for (const id of new Set(order.filter((id, index) => order.indexOf(id) !== index))) {
    findings.add(lineOf(id), `the lesson "${id}" is in the course twice`);
  }
  const diagnostics: Diagnostic[] = [...findings.list];
  const variants: LessonVariants[] = [];
  const byOrder = (left: LessonFiles, right: LessonFiles): number =>
    order.indexOf(left.id) - order.indexOf(right.id);
  for (const folder of [...files.lessons].sort(byOrder)) {
    const { lesson, found } = compileLesson(folder, files.rows);
    diagnostics.push(...found);
    if (lesson !== undefined) variants.push(lesson);
  }
  const lessons = variants.map((lesson) => lesson[ORIGINAL]);
  for (const lesson of lessons) {
    const folder = files.lessons.find(({ id }) => id === lesson.id);
    diagnostics.push(...lintStarts(lesson, folder, lessons));
  }
  return { course, lessons, variants, diagnostics };
}

function compileLesson(
  folder: LessonFiles,
  rows: readonly string[] | undefined,
): { lesson: LessonVariants | undefined; found: Diagnostic[] } {
  const nameOf = (language: Language): string => `${folder.folder}/lesson.${language}.md`;
  const file = nameOf(ORIGINAL);
  if (folder.original === undefined) {
    return { lesson: undefined, found: [{ file, line: 1, message: "the file is missing" }] };
  }
  const { lesson, diagnostics } = parseLesson({
    id: folder.id,
    file,
    text: folder.original,
    language: ORIGINAL,
  });
  const found = [...diagnostics];
  if (lesson === undefined) return { lesson, found };
  const alone: LessonVariants = { "zh-CN": lesson, en: lesson };
  if (rows !== undefined) found.push(...lintRows(lesson.steps, rows, file));
  const translated = nameOf("en");
  if (folder.translation === undefined) {
    return {
      lesson: alone,
      found: [...found, { file: translated, line: 1, message: "the file is missing" }],
    };
  }
  const other = parseLesson({
    id: folder.id,
    file: translated,
    text: folder.translation,
    language: "en",
    translation: true,
  });
  found.push(...other.diagnostics);
  if (other.lesson === undefined) return { lesson: alone, found };
  const joined = joinTranslation(lesson, other.lesson, translated);
  found.push(...joined.diagnostics);
  return { lesson: { "zh-CN": lesson, en: joined.lesson }, found };
}

function lintRows(steps: readonly Step[], rows: readonly string[], file: string): Diagnostic[] {
  const findings = new Findings(file);
  for (const step of steps) {
    for (const row of step.rows) {
      if (!rows.includes(row))
        findings.add(step.line, `commands.tsv has no row "${row}"`, nearest(row, rows));
    }
  }
  return findings.list;
}

/** `start`: files that are there, lessons and steps that are there. */
function lintStarts(
  lesson: Lesson,
  folder: LessonFiles | undefined,
  lessons: readonly Lesson[],
): Diagnostic[] {
  const findings = new Findings(`${folder?.folder ?? lesson.id}/lesson.${ORIGINAL}.md`);
  const starts: [number, Start | undefined][] = [[2, lesson.start]];
  for (const { line, start } of lesson.steps) starts.push([line, start]);
  for (const [line, start] of starts) {
    for (const { path, from, text } of start?.files ?? []) {
      if ((from === undefined) === (text === undefined))
        findings.add(line, `the file ${path} has one of from and text`);
      if (from !== undefined && !(folder?.files ?? []).includes(from)) {
        findings.add(line, `there is no file "files/${from}"`, nearest(from, folder?.files ?? []));
      }
    }
    if (start?.after === undefined) continue;
    const [lessonId = "", stepId = ""] = start.after.split("/");
    const other = lessons.find(({ id }) => id === lessonId);
    if (other === undefined) {
      findings.add(
        line,
        `after: there is no lesson "${lessonId}"`,
        nearest(
          lessonId,
          lessons.map(({ id }) => id),
        ),
      );
    } else if (!other.steps.some(({ id }) => id === stepId)) {
      const ids = other.steps.map(({ id }) => id);
      findings.add(line, `after: the lesson "${lessonId}" has no step "${stepId}"`, nearest(stepId, ids));
    } else if (lessons.indexOf(other) > lessons.indexOf(lesson)) {
      findings.add(line, `after: the lesson "${lessonId}" comes later in the course`);
    }
  }
  return findings.list;
}
