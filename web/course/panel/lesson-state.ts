/** What the contents say beside a lesson's title. */
import type { Format } from "../../i18n/format";
import type { Dictionary } from "../../i18n/zh-cn";
import type { LessonOutline } from "../lessons/outlines";

/** How many of the lesson's steps are done. `done` has them as `lesson/step`. */
export function countDone(id: string, { steps }: LessonOutline, done: ReadonlySet<string>): number {
  return steps.filter((step) => done.has(`${id}/${step}`)).length;
}

/** That it is done; or how long it takes and how much of it is. */
export function lessonState(
  id: string,
  outline: LessonOutline,
  done: ReadonlySet<string>,
  { t, format }: { readonly t: Dictionary; readonly format: Format },
): string {
  const count = countDone(id, outline, done);
  if (count === outline.steps.length) return `✓ ${t.course.lessonDone}`;
  const steps = `${count}/${outline.steps.length}`;
  const { minutes } = outline;
  return minutes === undefined ? steps : `${t.course.minutes(format.count(minutes))} · ${steps}`;
}
