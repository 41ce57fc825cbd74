/** The course's code, loaded when it is first shown: its store, wired to the browser's storage and its own content. */
import { get, set } from "idb-keyval";
import type { Language } from "../i18n/language";
import { loadFile, loadLesson, readCourse } from "./lessons/content";
import { CourseStore } from "./store/course-store";
import type { MachineDoor, ProgressStorage, TerminalDoor } from "./store/doors";
import { fetchLesson } from "./lessons/outside-lesson";

const KEY = "course";
/** Milliseconds between two looks at a lesson that is being written. */
const LOOK_MS = 1000;

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
    const { lesson, text, watched } = await fetchLesson(outside, language);
    store.openOutside(lesson, outside.href);
    let shown = text;
    const followChanges = async (): Promise<void> => {
      try {
        const now = await fetchLesson(outside, language);
        if (now.text === shown) return;
        shown = now.text;
        store.replaceOutside(now.lesson);
      } catch {
        // Half written, or the server is away: the next look may find more.
      }
    };
    if (watched) setInterval(() => void followChanges(), LOOK_MS);
  } catch (error) {
    store.failOutside(error);
  }
  return store;
}
