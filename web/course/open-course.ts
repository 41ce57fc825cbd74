/** The course's code, loaded when it is first shown: its store, wired to the browser's storage and its own content. */
import { get, set } from "idb-keyval";
import type { Language } from "../i18n/language";
import { loadFile, loadLesson, readCourse } from "./content";
import { CourseStore } from "./course-store";
import type { MachineDoor, ProgressStorage, TerminalDoor } from "./doors";
import { fetchLesson } from "./outside-lesson";

const KEY = "course";

const idbProgress: ProgressStorage = {
  read: () => get<unknown>(KEY),
  write: (value) => set(KEY, value),
};

export interface OpenCourseOptions {
  readonly machine: MachineDoor;
  readonly terminal: () => TerminalDoor | undefined;
  readonly language: Language;
  /** A lesson from somewhere else. */
  readonly outside: URL | undefined;
}

export async function openCourse(options: OpenCourseOptions): Promise<CourseStore> {
  const { machine, terminal, language, outside } = options;
  const store = new CourseStore(
    {
      machine,
      terminal,
      storage: idbProgress,
      readCourse,
      loadTranslated: loadLesson,
      loadLesson: (id) => loadLesson(id, "zh-CN"),
      loadFile,
    },
    language,
  );
  if (outside === undefined) {
    await store.load();
    return store;
  }
  try {
    const { lesson } = await fetchLesson(outside, language);
    store.openOutside(lesson, outside.href);
  } catch (error) {
    store.failOutside(error);
  }
  return store;
}
