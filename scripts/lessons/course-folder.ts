/** The course as it lies on the disk, and the table of commands that it must teach. */
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { CourseFiles, LessonFiles } from "../../web/course/format/lint-course";
import { ROOT } from "../site/site";
import { hasCode } from "../../contract/errors";

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

/** Reads course.yaml and every lesson's folder. Throws when the course has no course.yaml. */
export async function readCourse(folder = COURSE, commands = COMMANDS): Promise<CourseFiles> {
  const names = await readdir(folder, { withFileTypes: true });
  const folders = names.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const rows = await readCommands(commands);
  const file = join(folder, "course.yaml");
  return {
    file: relative(ROOT, file),
    text: await readFile(file, "utf8"),
    lessons: await Promise.all(folders.sort().map((name) => readLesson(folder, name))),
    rows: rows?.map(({ id }) => id),
  };
}

async function readLesson(course: string, id: string): Promise<LessonFiles> {
  const folder = join(course, id);
  return {
    id,
    folder: relative(ROOT, folder),
    original: await readIfThere(join(folder, "lesson.zh-CN.md")),
    translation: await readIfThere(join(folder, "lesson.en.md")),
    files: await listFiles(join(folder, "files")),
  };
}

async function listFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}
