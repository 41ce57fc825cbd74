/** The course for React. */
import { createStoreContext, useSnapshot } from "../../store";
import type { CourseSnapshot } from "../store/course-snapshot";
import type { CourseStore } from "../store/course-store";

const { Provider, useStore } = createStoreContext<CourseStore>("course");

export const CourseProvider = Provider;

export function useCourse(): { readonly store: CourseStore; readonly course: CourseSnapshot } {
  const store = useStore();
  return { store, course: useSnapshot(store) };
}
