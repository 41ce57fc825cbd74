/** The course as it lies on the disk. */
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { CourseFiles, LessonFiles } from "../../web/course/format/lint-course";
import { readCommands } from "../accept/table";
import { ROOT } from "../site/site";
import { hasCode } from "../../contract/errors";

export const COURSE = join(ROOT, "web/course/content/docker");

/** Reads course.yaml and every lesson's folder. Throws when the course has no course.yaml. */
export async function readCourse(folder = COURSE): Promise<CourseFiles> {
  const names = await readdir(folder, { withFileTypes: true });
  const folders = names.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const file = join(folder, "course.yaml");
  return {
    file: relative(ROOT, file),
    text: await readFile(file, "utf8"),
    lessons: await Promise.all(folders.sort().map((name) => readLesson(folder, name))),
    rows: readCommands().map(({ id }) => id),
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
