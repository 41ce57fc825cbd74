/** The course as it lies on the disk, with the table of commands that it must teach. */
import { join } from "node:path";
import { readCourseFolder } from "../../web/build/course-folder";
import type { CourseFiles } from "../../web/course/format/compile-course";
import { readCommands } from "../accept/table";
import { ROOT } from "../site/site";

export const COURSE = join(ROOT, "web/course/content/docker");

/** The course's files and the table's rows. Throws when the course has no course.yaml. */
export async function readCourse(folder = COURSE): Promise<CourseFiles> {
  return { ...(await readCourseFolder(folder, ROOT)), rows: readCommands().map(({ id }) => id) };
}
