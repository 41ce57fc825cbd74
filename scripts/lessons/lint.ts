/** `npm run lessons:lint [-- FILE.md...]`: the course, or single files of a blogger; one line a mistake, exit 1 if any. */
import { readFile } from "node:fs/promises";
import { formatDiagnostic, type Diagnostic } from "../../web/course/format/diagnostics";
import { compileCourse } from "../../web/course/format/compile-course";
import { parseLesson } from "../../web/course/format/parse-lesson";
import { readCourse } from "./course-folder";

async function lintFiles(files: readonly string[]): Promise<Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const file of files) {
    const text = await readFile(file, "utf8");
    found.push(...parseLesson({ id: "lesson", file, text, language: "zh-CN" }).diagnostics);
  }
  return found;
}

const files = process.argv.slice(2);
if (files.length > 0) {
  report(await lintFiles(files), `${files.length} file(s)`);
} else {
  const { lessons, diagnostics } = compileCourse(await readCourse());
  const steps = lessons.reduce((sum, lesson) => sum + lesson.steps.length, 0);
  report(diagnostics, `${lessons.length} lessons, ${steps} steps`);
}

function report(diagnostics: readonly Diagnostic[], what: string): void {
  for (const diagnostic of diagnostics) console.log(formatDiagnostic(diagnostic));
  console.log(`${what}, ${diagnostics.length} mistake(s)`);
  process.exitCode = diagnostics.length === 0 ? 0 : 1;
}
