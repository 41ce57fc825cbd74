/** The course that comes with the app: each lesson is a file of its own, fetched when it is opened. */
import { parse } from "yaml";
import { DrydockError, messageOf } from "../../../contract/errors";
import type { Language } from "../../i18n/language";
import courseText from "../content/docker/course.yaml?raw";
import { ORIGINAL } from "../format/lint-course";
import type { Lesson } from "../format/model";
import { parseLesson } from "../format/parse-lesson";
import { courseSchema, type Course } from "../format/schema";
import { joinTranslation } from "../format/translation";

const FOLDER = "../content/docker";
const texts = import.meta.glob<string>("../content/docker/*/lesson.*.md", {
  query: "?raw",
  import: "default",
});
const pictures = import.meta.glob<string>("../content/docker/*/files/**/*.svg", {
  query: "?raw",
  import: "default",
});
const files = import.meta.glob<string>("../content/docker/*/files/**/*", {
  query: "?url",
  import: "default",
});

/** Checked by `npm run check`, so it is sound here. */
export function readCourse(): Course {
  return courseSchema.parse(parse(courseText));
}

/** @throws DrydockError `network`; `internal` for a lesson that is not there or not sound */
export async function loadLesson(id: string, language: Language): Promise<Lesson> {
  const original = await loadText(id, ORIGINAL);
  const parsed = parseLesson({ id, file: `${id}/lesson.${ORIGINAL}.md`, text: original, language: ORIGINAL });
  const lesson = requireLesson(parsed.lesson, id);
  if (language === ORIGINAL) return lesson;
  const text = await loadText(id, language);
  const file = `${id}/lesson.${language}.md`;
  const translation = requireLesson(parseLesson({ id, file, text, language, translation: true }).lesson, id);
  return joinTranslation(lesson, translation, file).lesson;
}

/** A picture's SVG, to be drawn in the page's colours; undefined when the lesson has no such picture. */
export async function loadPicture(id: string, path: string): Promise<string | undefined> {
  return fetched(pictures[`${FOLDER}/${id}/${path}`]?.());
}

/** A file of a lesson's folder `files/`. Throws DrydockError `network`, `internal`. */
export async function loadFile(id: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const url = await fetched(files[`${FOLDER}/${id}/files/${name}`]?.());
  if (url === undefined)
    throw new DrydockError("internal", `the lesson has no file ${name}`, { subject: id });
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw new DrydockError("network", messageOf(cause), { subject: name, cause });
  }
}

async function loadText(id: string, language: Language): Promise<string> {
  const text = await fetched(texts[`${FOLDER}/${id}/lesson.${language}.md`]?.());
  if (text === undefined) throw new DrydockError("internal", "there is no such lesson", { subject: id });
  return text;
}

async function fetched<T>(loading: Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await loading;
  } catch (cause) {
    throw new DrydockError("network", messageOf(cause), { subject: "lesson", cause });
  }
}

function requireLesson(lesson: Lesson | undefined, id: string): Lesson {
  if (lesson === undefined) throw new DrydockError("internal", "the lesson cannot be read", { subject: id });
  return lesson;
}
