/** `npm run lessons:coverage`: each row of commands.tsv beside the lesson and step that teaches it; exit 1 on a gap. */
import { compileCourse } from "../../web/course/format/compile-course";
import type { Lesson } from "../../web/course/format/model";
import { isProgram } from "../cli";
import { readCommands, type TableRow } from "../accept/table";
import { readCourse } from "./course-folder";

export interface Coverage {
  readonly row: TableRow;
  /** `lesson/step`, in the course's order. */
  readonly taughtBy: readonly string[];
}

export function cover(rows: readonly TableRow[], lessons: readonly Lesson[]): Coverage[] {
  return rows.map((row) => ({
    row,
    taughtBy: lessons.flatMap((lesson) =>
      lesson.steps
        .filter(({ rows: taught }) => taught.includes(row.id))
        .map((step) => `${lesson.id}/${step.id}`),
    ),
  }));
}

if (isProgram(import.meta.url)) {
  const table = cover(readCommands(), compileCourse(await readCourse()).lessons);
  const width = Math.max(...table.map(({ row }) => row.id.length));
  for (const { row, taughtBy } of table) {
    const where = taughtBy.length === 0 ? "NOT TAUGHT" : taughtBy.join(", ");
    console.log(`${row.id.padEnd(width)}  ${row.note.padEnd(6)}  ${where}`);
  }
  const gaps = table.filter(({ taughtBy }) => taughtBy.length === 0);
  console.log(`${table.length - gaps.length} of ${table.length} rows are taught`);
  if (gaps.length > 0) console.log(`not taught: ${gaps.map(({ row }) => row.id).join(" ")}`);
  process.exitCode = gaps.length === 0 ? 0 : 1;
}
