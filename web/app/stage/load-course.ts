/** Brings in the course's code and its store, when the course is first wanted. */
import type { Language } from "../../i18n/language";
import type { CoursePanel, CourseStore, PointDoor, TerminalDoor } from "../../course";
import type { MachineClient } from "../../vm/machine-client";
import type { TerminalSessions } from "../../terminal";
import { terminalDoor } from "./terminal-door";

export interface LoadedCourse {
  readonly store: CourseStore;
  readonly Panel: typeof CoursePanel;
}

export interface CourseLoader {
  /** Loads it once; a failure is tried again by the next call. */
  load(language: Language): Promise<LoadedCourse>;
}

/** `outside`: the address of a lesson from somewhere else. */
export function courseLoader(
  machine: MachineClient,
  sessions: () => TerminalSessions | undefined,
  points: PointDoor,
  outside: URL | undefined,
): CourseLoader {
  let loading: Promise<LoadedCourse> | undefined;
  const load = async (language: Language): Promise<LoadedCourse> => {
    const { CoursePanel: Panel, openCourse } = await import("../../course");
    const terminal = (): TerminalDoor | undefined => {
      const known = sessions();
      return known === undefined ? undefined : terminalDoor(known);
    };
    return { Panel, store: await openCourse({ machine, terminal, points, language, outside }) };
  };
  return {
    load: (language) => {
      if (loading === undefined) {
        loading = load(language);
        loading.catch(() => {
          loading = undefined;
        });
      }
      return loading;
    },
  };
}
