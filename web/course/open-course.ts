/** The course's code, loaded when it is first shown: its store, wired to the browser's storage and its own content. */
import { get, set } from "idb-keyval";
import type { Language } from "../i18n/language";
import { ORIGINAL } from "./format/model";
import { loadFile, siteCourse } from "./lessons/content";
import { CourseStore } from "./store/course-store";
import type { MachineDoor, PointDoor, ProgressStorage, TerminalDoor } from "./store/doors";

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
  readonly points: PointDoor;
  readonly language: Language;
  /** A lesson from somewhere else. */
  readonly outside: URL | undefined;
}

/**
 * A lesson from somewhere else that cannot be had is a failure that the store shows.
 * @throws DrydockError `network`, `internal`: the course's contents cannot be had
 */
export async function openCourse(options: OpenCourseOptions): Promise<CourseStore> {
  const { machine, terminal, points, language, outside } = options;
  // First: a failure leaves no store behind that would follow the machine.
  const course = outside === undefined ? (await siteCourse.contents()).course : undefined;
  const store = new CourseStore(
    {
      machine,
      terminal,
      points,
      storage: idbProgress,
      readCourse: () => course,
      loadTranslated: (id, spoken) => siteCourse.lesson(id, spoken),
      loadLesson: (id) => siteCourse.lesson(id, ORIGINAL),
      loadFile,
    },
    language,
  );
  if (outside === undefined) {
    await store.load();
    return store;
  }
  try {
    // The reader of Markdown and YAML is wanted for these alone: the course's lessons are compiled.
    const { fetchLesson } = await import("./lessons/outside-lesson");
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
