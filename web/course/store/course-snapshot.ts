/** What the course's store tells the page. */
import type { StepResult } from "../../../contract/checks";
import type { Lesson } from "../format/model";
import type { Course } from "../format/schema";

export type CourseNotice =
  | { readonly kind: "busy" }
  | { readonly kind: "saved"; readonly path: string }
  | { readonly kind: "failed"; readonly message: string };

export type Preparation =
  | { readonly kind: "none" }
  /** `done` of `total` pieces of work are over; `title` is that of the present one. */
  | { readonly kind: "working"; readonly title: string; readonly done: number; readonly total: number }
  | { readonly kind: "failed"; readonly message: string };

export interface CourseSnapshot {
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
  readonly values: Readonly<Record<string, string>>;
  readonly answers: Readonly<Record<string, string>>;
  readonly result: StepResult | undefined;
  /** The machine is in the state from which the shown step begins, as far as anybody knows. */
  readonly atStep: boolean;
  readonly preparation: Preparation;
  readonly hints: number;
  readonly solution: boolean;
  readonly notice: CourseNotice | undefined;
}

/** What a new step begins with. */
export const FRESH_STEP = {
  answers: {},
  result: undefined,
  hints: 0,
  solution: false,
  notice: undefined,
} as const satisfies Partial<CourseSnapshot>;

export const EMPTY_COURSE: CourseSnapshot = {
  ...FRESH_STEP,
  open: false,
  view: "contents",
  course: undefined,
  lesson: undefined,
  outside: undefined,
  loading: false,
  failure: undefined,
  index: 0,
  done: new Set(),
  values: {},
  atStep: false,
  preparation: { kind: "none" },
};
