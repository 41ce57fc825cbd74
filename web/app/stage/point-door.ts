/** The machine's restore points as the course uses them: by the step that they are of. */
import type { PointDoor, StepPoint } from "../../course";
import type { RestorePoint } from "../../../contract/sessions";
import type { PointsStore } from "../../sessions/points-store";
import { readPlace } from "./page-place";

export function pointDoor(points: PointsStore): PointDoor {
  const find = (wanted: StepPoint): RestorePoint | undefined =>
    points.getSnapshot().points.find((point) => point.kind === wanted.kind && isOf(point, wanted));
  return {
    has: (point) => find(point) !== undefined,
    leave: ({ kind }, title) => points.leave(kind, title),
    goBack: async (wanted) => {
      const point = find(wanted);
      return point !== undefined && (await points.goBack(point));
    },
    subscribe: points.subscribe,
  };
}

function isOf({ place }: RestorePoint, { lesson, step, values }: StepPoint): boolean {
  const course = readPlace(place)?.course;
  if (course?.at?.lesson !== lesson || course.at.step !== step) return false;
  return Object.entries(values).every(([id, value]) => course.values[id] === value);
}
