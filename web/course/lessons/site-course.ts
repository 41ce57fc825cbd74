/** The course as the site's build has left it (format/compiled.ts): read when it is wanted, and checked before it is used. */
import type { z } from "zod";
import { DrydockError } from "../../../contract/errors";
import type { Language } from "../../i18n/language";
import { compiledLessonSchema, contentsSchema, type Contents } from "../format/compiled";
import type { Lesson } from "../format/model";
import { fetchOk } from "./fetch-ok";

export class SiteCourse {
  readonly #url: string;
  readonly #fetch: typeof fetch;
  #contents: Promise<Contents> | undefined;

  /** @param url where the contents are; the lessons lie beside them */
  constructor(url: string, fetchFile: typeof fetch = (input, options) => fetch(input, options)) {
    this.#url = url;
    this.#fetch = fetchFile;
  }

  /**
   * Read once; a failure is tried again by the next call.
   * @throws DrydockError `network`; `internal` when they are not sound
   */
  contents(): Promise<Contents> {
    if (this.#contents === undefined) {
      this.#contents = this.#read(this.#url, contentsSchema, "contents");
      this.#contents.catch(() => {
        this.#contents = undefined;
      });
    }
    return this.#contents;
  }

  /** @throws DrydockError `network`; `internal` for a lesson that is not there or not sound */
  async lesson(id: string, language: Language): Promise<Lesson> {
    const { lessons } = await this.contents();
    const outline = Object.hasOwn(lessons, id) ? lessons[id] : undefined;
    if (outline === undefined) throw new DrydockError("internal", "there is no such lesson", { subject: id });
    const url = new URL(outline.file[language], this.#url).href;
    const lesson = await this.#read(url, compiledLessonSchema, id);
    if (lesson.id === id && lesson.language === language) return lesson;
    throw unreadable(id, `it is ${lesson.id} in ${lesson.language}`);
  }

  async #read<T>(url: string, schema: z.ZodType<T>, subject: string): Promise<T> {
    const text = await fetchOk(
      subject,
      () => this.#fetch(url),
      (response) => response.text(),
    );
    try {
      return schema.parse(JSON.parse(text));
    } catch (cause) {
      throw unreadable(subject, cause);
    }
  }
}

function unreadable(subject: string, cause: unknown): DrydockError {
  const what = subject === "contents" ? "the course's contents" : "the lesson";
  return new DrydockError("internal", `${what} cannot be read`, { subject, cause });
}
