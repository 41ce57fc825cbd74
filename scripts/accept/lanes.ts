/** The cases as tests, divided among the lanes. */
import { afterAll, it } from "vitest";
import { builtGuest } from "../../worker/node/testing/built-guest";
import { BRIEF, divide, LANES, type Load } from "../test/divide";
import type { Case } from "./case";
import { CASES } from "./cases";
import { imagesKey, Lane } from "./lane";
import { readTables } from "./table";

/** For going back, restoring and pulling. */
const OVERHEAD_SECONDS = 900;

/** Cases that need the same images are one load, so that a lane pulls them once; the others are one each. */
export function divideCases(cases: readonly Case[]): Case[][] {
  const groups = new Map<string, Case[]>();
  for (const each of cases) {
    const key = each.images.length === 0 ? `case ${each.id}` : imagesKey(each);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const loads = [...groups.values()].map((items): Load<Case> => ({
    items,
    weight: items.reduce((sum, { steps }) => sum + steps.length, 0),
    brief: items.some(({ subset }) => subset),
  }));
  return divide(loads, LANES);
}

/** Seconds after which a case hangs: its steps end by themselves before. */
export function limitOf(each: Case): number {
  const seconds = each.steps.map((step) => {
    if (step.kind === "write") return 0;
    if (step.kind === "state") return step.within + step.seconds;
    return step.kind === "run" ? step.seconds : step.seconds * Math.max(1, step.sees.length);
  });
  return seconds.reduce((sum, each) => sum + each, OVERHEAD_SECONDS);
}

/** A row as a test is called: `-t` finds it by its id. */
export function titleOf(id: string): string {
  return `${id}: ${readTables().find((row) => row.id === id)?.command ?? ""}`;
}

/** Makes the tests of lane number `index`, which have one machine. */
export function defineLane(index: number): void {
  const lane = new Lane(builtGuest(), (text) => console.error(text));
  afterAll(() => lane.close());
  for (const each of divideCases(CASES)[index] ?? []) {
    const tags = each.subset ? [BRIEF] : [];
    it(titleOf(each.id), { timeout: limitOf(each) * 1000, tags }, () => lane.run(each));
  }
}
