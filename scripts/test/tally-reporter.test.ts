import { expect, it } from "vitest";
import type { TestModule } from "vitest/node";
import { count } from "./tally-reporter";

function module(state: "passed" | "failed", ...states: string[]): TestModule {
  const tests = states.map((each) => ({ result: () => ({ state: each }) }));
  return { state: () => state, children: { allTests: () => tests } } as unknown as TestModule;
}

it("counts tests, files that fail as a whole, and errors outside of a test; what was left out is neither", () => {
  expect(count([module("passed", "passed", "skipped"), module("failed", "passed", "failed")], 0)).toEqual({
    passed: 2,
    failed: 1,
  });
  expect(count([module("failed", "skipped")], 1)).toEqual({ passed: 0, failed: 2 });
});
