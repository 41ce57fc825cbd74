/** The course's code, which is loaded when it is wanted. */
export { CoursePanel } from "./CoursePanel";
export type { CourseStore } from "./course-store";
export type { TerminalDoor } from "./doors";
export { openCourse } from "./open-course";
