/** What the course's store tells the page. */
import type { StepResult } from "../../../contract/checks";
import type { LearnersCommand } from "./commands";
import type { Lesson, Step } from "../format/model";
import type { Course } from "../format/schema";
import { resolveValues, type Values } from "../format/variables";

type CourseNotice =
  | { readonly kind: "busy" }
  | { readonly kind: "saved"; readonly path: string }
  | { readonly kind: "failed"; readonly message: string };

type Preparation =
  | { readonly kind: "none" }
  /** `done` of `total` pieces of work are over; `title` is that of the present one. */
  | { readonly kind: "working"; readonly title: string; readonly done: number; readonly total: number }
  | { readonly kind: "failed"; readonly message: string };

export interface CourseSnapshot extends CourseState {
  /** The step that is shown. */
  readonly step: Step | undefined;
  /** What fills the lesson's placeholders: what was chosen, and the lesson's own values for the rest. */
  readonly values: Values;
}

/** What of the snapshot is set; the rest follows from it. */
export interface CourseState {
  /** Whether the machine is there for the lesson. */
  readonly ready: boolean;
  readonly open: boolean;
  /** Where the lesson is shown: its steps, or the list of all lessons. */
  readonly view: "contents" | "lesson";
  readonly course: Course | undefined;
  readonly lesson: Lesson | undefined;
  /** A lesson from somewhere else, and from where. Nothing of it runs before the reader agrees. */
  readonly outside: { readonly url: string; readonly agreed: boolean } | undefined;
  readonly loading: boolean;
  readonly failure: string | undefined;
  readonly index: number;
  readonly done: ReadonlySet<string>;
  /** Values of variables, of whatever lesson. */
  readonly chosen: Values;
  readonly answers: Readonly<Record<string, string>>;
  readonly result: StepResult | undefined;
  /** What was typed since the step began. */
  readonly commands: readonly LearnersCommand[];
  /** The step is done again, from its start: it counts as done when its checks hold once more. */
  readonly practising: boolean;
  /** Commands are folded away, so that the learner finds them. */
  readonly folded: boolean;
  /** What `forget` has taken away, for its undo. */
  readonly forgotten: ReadonlySet<string> | undefined;
  /** The machine is in the state from which the shown step begins, as far as anybody knows. */
  readonly atStep: boolean;
  readonly preparation: Preparation;
  readonly hints: number;
  readonly solution: boolean;
  readonly notice: CourseNotice | undefined;
  /** The machine can be taken back to where the step began, to where it was passed. */
  readonly points: { readonly start: boolean; readonly end: boolean };
}

/** What a new step begins with. */
export const FRESH_STEP = {
  answers: {},
  result: undefined,
  commands: [],
  practising: false,
  hints: 0,
  solution: false,
  notice: undefined,
} as const satisfies Partial<CourseState>;

export const EMPTY_COURSE: CourseSnapshot = {
  ...FRESH_STEP,
  ready: false,
  open: false,
  view: "contents",
  course: undefined,
  lesson: undefined,
  outside: undefined,
  loading: false,
  failure: undefined,
  index: 0,
  done: new Set(),
  folded: false,
  forgotten: undefined,
  chosen: {},
  atStep: false,
  preparation: { kind: "none" },
  points: { start: false, end: false },
  step: undefined,
  values: {},
};

/** A change of the state, with what follows from it. */
export function withConsequences(
  before: CourseSnapshot,
  change: Partial<CourseState>,
): Partial<CourseSnapshot> {
  const { lesson, index, chosen } = { ...before, ...change };
  const isSame = lesson === before.lesson && chosen === before.chosen;
  const values = isSame ? before.values : resolveValues(lesson?.variables ?? [], chosen);
  return { ...change, step: lesson?.steps[index], values };
}
