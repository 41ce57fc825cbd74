/** The titles and steps of all lessons, for the contents; read once for each language. */
import type { Language } from "../i18n/language";
import { loadLesson, readCourse } from "./content";

export interface LessonOutline {
  readonly id: string;
  readonly title: string;
  readonly steps: readonly string[];
}

const read = new Map<Language, Promise<ReadonlyMap<string, LessonOutline>>>();

/** Rejects with `network` when a lesson cannot be had; the next call tries again. */
export function lessonOutlines(language: Language): Promise<ReadonlyMap<string, LessonOutline>> {
  const known = read.get(language);
  if (known !== undefined) return known;
  const loading = loadAll(language);
  read.set(language, loading);
  loading.catch(() => read.delete(language));
  return loading;
}

async function loadAll(language: Language): Promise<ReadonlyMap<string, LessonOutline>> {
  const ids = readCourse().chapters.flatMap(({ lessons }) => lessons);
  const outlines = new Map<string, LessonOutline>();
  for (const id of ids) {
    const { title, steps } = await loadLesson(id, language);
    outlines.set(id, { id, title, steps: steps.map((step) => step.id) });
    // Reading Markdown takes the main thread some milliseconds a lesson: between two, the page has its turn.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return outlines;
}
