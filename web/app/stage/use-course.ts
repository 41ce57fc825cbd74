/** Whether the course is open beside the terminals, and which of the two a phone shows. */
import { useEffect, useState, useSyncExternalStore } from "react";
import type { Language } from "../../i18n/language";
import type { CourseLoader, LoadedCourse } from "./load-course";

export type WorkspaceSide = "course" | "stage";

export interface CourseDesk {
  readonly isOpen: boolean;
  readonly front: WorkspaceSide;
  readonly loaded: LoadedCourse | undefined;
  /** The code could not be had. */
  readonly failed: boolean;
  readonly toggle: () => void;
  readonly show: (side: WorkspaceSide) => void;
}

const nothing = (): (() => void) => () => undefined;

/**
 * @param when `now`: the page's address names a lesson. `soon`: the machine is up, so that nothing of more weight waits
 *   for the course's code, which knows whether it was open at the last visit.
 */
export function useCourseDesk(
  loader: CourseLoader,
  language: Language,
  when: { readonly now: boolean; readonly soon: boolean },
): CourseDesk {
  const { now, soon } = when;
  const [loaded, setLoaded] = useState<LoadedCourse>();
  const [failed, setFailed] = useState(false);
  const [front, setFront] = useState<WorkspaceSide>(now ? "course" : "stage");
  const isOpen = useSyncExternalStore(
    loaded?.store.subscribe ?? nothing,
    () => loaded?.store.getSnapshot().open ?? false,
  );
  const load = (): Promise<LoadedCourse> =>
    loader.load(language).then((course) => {
      setLoaded(course);
      setFailed(false);
      return course;
    });
  useEffect(() => {
    if (!now && !soon) return undefined;
    const timer = setTimeout(() => {
      loader.load(language).then(setLoaded, () => setFailed(now));
    }, 0);
    return () => clearTimeout(timer);
  }, [loader, language, now, soon]);
  return {
    isOpen,
    front,
    loaded,
    failed,
    toggle: () => {
      load().then(
        ({ store }) => {
          const open = !store.getSnapshot().open;
          store.setOpen(open);
          setFront(open ? "course" : "stage");
        },
        () => setFailed(true),
      );
    },
    show: setFront,
  };
}
