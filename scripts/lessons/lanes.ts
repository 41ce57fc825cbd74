/** The proofs of the course as tests, its lessons divided among the lanes. */
import { afterAll, describe, it } from "vitest";
import { formatDiagnostic } from "../../web/course/format/diagnostics";
import { compileCourse, type CompiledCourse } from "../../web/course/format/compile-course";
import type { Lesson } from "../../web/course/format/model";
import { builtGuest } from "../../worker/node/testing/built-guest";
import { BRIEF, divide, LANES } from "../test/divide";
import { readCourse } from "./course-folder";
import { GreenLessons } from "./green";
import { LessonProof } from "./prove-lesson";
import { Rig } from "./rig";

/** For one proof, which may first have to do all that leads to its step. */
const LIMIT_MS = 900_000;
/** Of the lessons that have changed, so many are part of `npm test`: its time is limited. */
const MOST_CHANGED = 4;

/** The chapter that `npm test` always proves, and lessons that have changed since they were last green. */
async function lessonsForTest({ course, lessons }: CompiledCourse): Promise<string[]> {
  const chapter = course?.chapters[0]?.lessons ?? [];
  const green = await GreenLessons.open();
  const others = lessons.map(({ id }) => id).filter((id) => !chapter.includes(id));
  const states = await Promise.all(others.map((id) => green.look(id)));
  const changed = others.filter((_, index) => states[index] === "changed");
  const left = [...changed.slice(MOST_CHANGED), ...others.filter((_, index) => states[index] === "never")];
  if (left.length > 0) console.log(`not proved in this form, and no part of npm test: ${left.join(", ")}`);
  return [...chapter, ...changed.slice(0, MOST_CHANGED)];
}

/** How many proofs a lesson has. */
function countProofs({ steps }: Lesson): number {
  return steps.reduce((sum, { routes, mistakes }) => sum + 2 + routes.length + mistakes.length, 1);
}

/** Makes the tests of lane number `index`, which have one machine. @throws Error with the course's mistakes */
export async function defineLane(index: number): Promise<void> {
  const linted = compileCourse(await readCourse());
  const { lessons, diagnostics } = linted;
  if (diagnostics.length > 0) throw new Error(diagnostics.map(formatDiagnostic).join("\n"));
  const brief = await lessonsForTest(linted);
  const loads = lessons.map((lesson) => ({
    items: [lesson],
    weight: countProofs(lesson),
    brief: brief.includes(lesson.id),
  }));
  const rig = new Rig(builtGuest());
  afterAll(() => rig.close());
  for (const lesson of divide(loads, LANES)[index] ?? []) {
    describe(lesson.id, { timeout: LIMIT_MS, tags: brief.includes(lesson.id) ? [BRIEF] : [] }, () =>
      defineProofs(lesson, new LessonProof(rig, lesson, lessons)),
    );
  }
}

/** Each proof stands by itself, and begins where the one before it ended when that passed. */
function defineProofs(lesson: Lesson, proof: LessonProof): void {
  let passed = 0;
  const prove = (name: string, run: (signal: AbortSignal) => Promise<void>): void => {
    it(name, async ({ signal }) => {
      await run(signal);
      passed++;
    });
  };
  prove("start", (signal) => proof.start(signal));
  for (const [index, { id, routes, mistakes }] of lesson.steps.entries()) {
    prove(`${id} before`, (signal) => proof.before(index, signal));
    for (const [which] of routes.entries()) {
      prove(`${id} route ${which + 1}`, (signal) => proof.route(index, which, signal));
    }
    for (const [which] of mistakes.entries()) {
      prove(`${id} mistake ${which + 1}`, (signal) => proof.mistake(index, which, signal));
    }
    prove(`${id} solution`, (signal) => proof.solution(index, signal));
  }
  // A lesson of which a part was left out is not green.
  afterAll(async () => {
    if (passed === countProofs(lesson)) await (await GreenLessons.open()).setGreen(lesson.id);
  });
}
