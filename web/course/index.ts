/** The course's code, which is loaded when it is wanted. */
export { CoursePanel } from "./panel/CoursePanel";
export type { CourseStore } from "./store/course-store";
export type { CoursePlace } from "./store/course-place";
export type { PointDoor, StepPoint, TerminalDoor } from "./store/doors";
export { openCourse } from "./open-course";
