/** A course as it lies on the disk. */
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { hasCode } from "../../contract/errors";
import type { CourseFiles, LessonFiles } from "../course/format/compile-course";

/**
 * Reads course.yaml and every lesson's folder. Throws when there is no course.yaml.
 *
 * @param root paths in diagnostics begin here
 */
export async function readCourseFolder(folder: string, root: string): Promise<Omit<CourseFiles, "rows">> {
  const names = await readdir(folder, { withFileTypes: true });
  const folders = names.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const file = join(folder, "course.yaml");
  return {
    file: relative(root, file),
    text: await readFile(file, "utf8"),
    lessons: await Promise.all(folders.sort().map((name) => readLesson(join(folder, name), name, root))),
  };
}

async function readLesson(folder: string, id: string, root: string): Promise<LessonFiles> {
  return {
    id,
    folder: relative(root, folder),
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

/** A file's text; undefined when there is no such file. */
async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}
