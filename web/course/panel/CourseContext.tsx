/** The course for React. */
import { createContext, use, useSyncExternalStore, type ReactElement, type ReactNode } from "react";
import type { CourseSnapshot } from "../store/course-snapshot";
import type { CourseStore } from "../store/course-store";

const CourseContext = createContext<CourseStore | undefined>(undefined);

export function CourseProvider(props: {
  readonly store: CourseStore;
  readonly children: ReactNode;
}): ReactElement {
  return <CourseContext value={props.store}>{props.children}</CourseContext>;
}

export function useCourse(): { readonly store: CourseStore; readonly course: CourseSnapshot } {
  const store = use(CourseContext);
  if (store === undefined) throw new Error("useCourse needs a CourseProvider above it");
  return { store, course: useSyncExternalStore(store.subscribe, store.getSnapshot) };
}
