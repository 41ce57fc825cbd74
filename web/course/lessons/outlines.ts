/** The titles and steps of all lessons, for the contents and the way to the next; read once for each language. */
import { useEffect, useState } from "react";
import type { Language } from "../../i18n/language";
import { loadLesson, readCourse } from "./content";

export interface LessonOutline {
  readonly id: string;
  readonly title: string;
  readonly minutes: number | undefined;
  readonly steps: readonly string[];
}

const read = new Map<Language, Promise<ReadonlyMap<string, LessonOutline>>>();

/** Rejects with `network` when a lesson cannot be had; the next call tries again. */
function lessonOutlines(language: Language): Promise<ReadonlyMap<string, LessonOutline>> {
  const known = read.get(language);
  if (known !== undefined) return known;
  const loading = loadAll(language);
  read.set(language, loading);
  loading.catch(() => read.delete(language));
  return loading;
}

/** Those in the reader's language; undefined until they are there, empty when they cannot be had. */
export function useOutlines(language: Language): ReadonlyMap<string, LessonOutline> | undefined {
  const [outlines, setOutlines] = useState<ReadonlyMap<string, LessonOutline>>();
  useEffect(() => {
    let wanted = true;
    lessonOutlines(language).then(
      (found) => {
        if (wanted) setOutlines(found);
      },
      () => {
        // The list works with the lessons' ids.
        if (wanted) setOutlines(new Map());
      },
    );
    return () => {
      wanted = false;
    };
  }, [language]);
  return outlines;
}

async function loadAll(language: Language): Promise<ReadonlyMap<string, LessonOutline>> {
  const ids = readCourse().chapters.flatMap(({ lessons }) => lessons);
  const outlines = new Map<string, LessonOutline>();
  for (const id of ids) {
    const { title, minutes, steps } = await loadLesson(id, language);
    outlines.set(id, { id, title, minutes, steps: steps.map((step) => step.id) });
    // Reading Markdown takes the main thread some milliseconds a lesson: between two, the page has its turn.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return outlines;
}
