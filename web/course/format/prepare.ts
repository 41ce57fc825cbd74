/**
 * Brings the machine to the start of a step: a clean machine, then everything that leads there, out of sight. The plan
 * is made first, so that the learner sees how much there is to do.
 */
import { DrydockError } from "../../../contract/errors";
import type { GuestAction } from "../../../contract/checks";
import { startActions, toGuestAction, type ReadLessonFile } from "./guest-actions";
import { solutionActions, type Lesson } from "./model";
import { resolveValues, type Values } from "./variables";

export interface PlanDoors {
  loadLesson(id: string): Promise<Lesson>;
  loadFile(lesson: string, name: string): Promise<Uint8Array<ArrayBuffer>>;
}

export interface Task {
  /** The title of the step whose work this is. */
  readonly title: string;
  readonly actions: readonly GuestAction[];
}

/** How many lessons may stand on one another. */
const MAX_DEPTH = 8;

/** What leads from a clean machine to the start of `lesson`'s step number `index`; beyond the last: to its end. */
export async function planTo(
  lesson: Lesson,
  index: number,
  chosen: Values,
  doors: PlanDoors,
  depth = 0,
): Promise<Task[]> {
  if (depth > MAX_DEPTH) throw new DrydockError("internal", "lessons begin after one another in a circle");
  const values = resolveValues(lesson.variables, chosen);
  const read: ReadLessonFile = (name) => doors.loadFile(lesson.id, name);
  const tasks: Task[] = [];
  const after = lesson.start?.after;
  if (after !== undefined) {
    const [otherId = "", stepId = ""] = after.split("/");
    const other = await doors.loadLesson(otherId);
    const last = other.steps.findIndex(({ id }) => id === stepId);
    tasks.push(...(await planTo(other, last + 1, chosen, doors, depth + 1)));
  }
  tasks.push({ title: lesson.title, actions: await startActions(lesson.start, values, read) });
  for (const step of lesson.steps.slice(0, index)) {
    const begin = await startActions(step.start, values, read);
    const solve = solutionActions(step).map((action) => toGuestAction(action, values));
    // Hidden terminals end with their step: each begins at a fresh prompt.
    const actions = [...begin, ...solve.filter((action) => action !== undefined), { type: "end" } as const];
    tasks.push({ title: step.title, actions });
  }
  const step = lesson.steps[index];
  if (step?.start !== undefined) {
    tasks.push({ title: step.title, actions: await startActions(step.start, values, read) });
  }
  return tasks.filter(({ actions }) => actions.length > 0);
}
