/**
 * The course's lessons, compiled while the site is built: the page gets JSON and needs no reader of Markdown or YAML for
 * them. `virtual:drydock-contents` is the address of the contents; the lessons' files lie beside them. A build with a
 * mistake in a lesson fails. In development the files are made when they are asked for, mistakes are printed, and the
 * page is loaded again when the course changes.
 */
import { createHash } from "node:crypto";
import { dirname, join, sep } from "node:path";
import type { Plugin, ViteDevServer } from "vite";
import { compileCourse } from "../course/format/compile-course";
import { contentsOf, type Contents } from "../course/format/compiled";
import { formatDiagnostic } from "../course/format/diagnostics";
import type { Lesson } from "../course/format/model";
import { readCourseFolder } from "./course-folder";

const MODULE = "virtual:drydock-contents";
const RESOLVED = `\0${MODULE}`;
/** Where the files are in development; in a build they are beside the page's other files. */
const DEV_PATH = "@lessons/";
const DEV_CONTENTS = "contents.json";
const BUILD_FOLDER = "assets/course";

/** A course's files as the site has them. */
interface PublishedCourse {
  readonly contents: Contents;
  /** Name to JSON. */
  readonly lessons: ReadonlyMap<string, string>;
  /** One line a mistake. */
  readonly mistakes: readonly string[];
}

/**
 * Reads and compiles a course's folder.
 *
 * @param root paths in mistakes begin here
 * @param nameOf the name of a lesson's file
 * @throws Error when course.yaml cannot be read: then there is no course
 */
async function publishCourse(
  folder: string,
  root: string,
  nameOf: (lesson: Lesson, json: string) => string,
): Promise<PublishedCourse> {
  const compiled = compileCourse({ ...(await readCourseFolder(folder, root)), rows: undefined });
  const mistakes = compiled.diagnostics.map(formatDiagnostic);
  if (compiled.course === undefined) throw new Error(mistakes.join("\n"));
  const lessons = new Map<string, string>();
  const contents = contentsOf(compiled.course, compiled.variants, (lesson) => {
    const json = JSON.stringify(lesson);
    const name = nameOf(lesson, json);
    lessons.set(name, json);
    return name;
  });
  return { contents, lessons, mistakes };
}

/** @param web the folder of the page's sources */
export function lessons(web: string): Plugin {
  const folder = join(web, "course/content/docker");
  const root = dirname(web);
  let devUrl: string | undefined;
  return {
    name: "drydock:lessons",
    resolveId: (id) => (id === MODULE ? RESOLVED : undefined),
    async load(id) {
      if (id !== RESOLVED) return undefined;
      if (devUrl !== undefined) {
        return `export default new URL(${JSON.stringify(devUrl)}, location.href).href;`;
      }
      const course = await publishCourse(folder, root, hashedName);
      if (course.mistakes.length > 0) throw new Error(`mistakes in lessons:\n${course.mistakes.join("\n")}`);
      for (const [name, source] of course.lessons) {
        this.emitFile({ type: "asset", fileName: `${BUILD_FOLDER}/${name}`, source });
      }
      const source = JSON.stringify(course.contents);
      const fileName = `${BUILD_FOLDER}/contents-${hashOf(source)}.json`;
      const reference = this.emitFile({ type: "asset", fileName, source });
      // Relative to the script, so that the site may lie under any path.
      return `export default import.meta.ROLLUP_FILE_URL_${reference};`;
    },
    configureServer(server) {
      devUrl = `${server.config.base}${DEV_PATH}${DEV_CONTENTS}`;
      serveCourse(server, folder, root);
    },
  };
}

/** Compiles the course at its first use and after each change, and has the page follow. */
function serveCourse(server: ViteDevServer, folder: string, root: string): void {
  let published: Promise<PublishedCourse> | undefined;
  const publish = async (): Promise<PublishedCourse> => {
    const course = await publishCourse(folder, root, ({ id, language }) => `${id}.${language}.json`);
    for (const mistake of course.mistakes) server.config.logger.warn(mistake);
    return course;
  };
  server.middlewares.use(`/${DEV_PATH}`, (request, response, next) => {
    published ??= publish();
    const name = (request.url ?? "").replace(/^\/|\?.*$/gu, "");
    published.then(({ contents, lessons: files }) => {
      const json = name === DEV_CONTENTS ? JSON.stringify(contents) : files.get(name);
      if (json === undefined) response.statusCode = 404;
      response.setHeader("Content-Type", "application/json");
      response.setHeader("Cache-Control", "no-store");
      response.end(json);
    }, next);
  });
  server.watcher.add(folder);
  server.watcher.on("all", (_event, file) => {
    if (!file.startsWith(folder + sep)) return;
    published = undefined;
    server.ws.send({ type: "full-reload" });
  });
}

function hashedName({ id, language }: Lesson, json: string): string {
  return `${id}.${language}-${hashOf(json)}.json`;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
