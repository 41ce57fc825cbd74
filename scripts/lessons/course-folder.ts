/** The course as it lies on the disk, and the table of commands that it must teach. */
import { join } from "node:path";
import { readCourseFolder, readIfThere } from "../../web/build/course-folder";
import type { CourseFiles } from "../../web/course/format/compile-course";
import { ROOT } from "../site/site";

export const COURSE = join(ROOT, "web/course/content/docker");
export const COMMANDS = join(ROOT, "scripts/accept/commands.tsv");

export interface CommandRow {
  readonly id: string;
  readonly note: string;
  readonly command: string;
}

/** The rows of commands.tsv; undefined when there is no such file. Throws when a row has not its four columns. */
export async function readCommands(file = COMMANDS): Promise<CommandRow[] | undefined> {
  const text = await readIfThere(file);
  return text === undefined ? undefined : parseCommands(text);
}

/** Columns id, note, command, must show, divided by tabs; the first line names them. */
export function parseCommands(text: string): CommandRow[] {
  const [head = "", ...lines] = text
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"));
  if (!head.startsWith("id\tnote\tcommand"))
    throw new Error("commands.tsv: the first line names the columns");
  return lines.map((line) => {
    const [id = "", note = "", command = "", shows = ""] = line.split("\t");
    if (shows === "") throw new Error(`commands.tsv: a row without its four columns: ${line}`);
    return { id, note, command };
  });
}

/** The course's files and the table's rows. Throws when the course has no course.yaml. */
export async function readCourse(folder = COURSE, commands = COMMANDS): Promise<CourseFiles> {
  const rows = await readCommands(commands);
  return { ...(await readCourseFolder(folder, ROOT)), rows: rows?.map(({ id }) => id) };
}
