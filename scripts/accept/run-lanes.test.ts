import { expect, it } from "vitest";
import { CASES } from "./cases";
import { runLanes } from "./run-lanes";

it("without a guest every row fails by itself, and says why", async () => {
  const cases = CASES.slice(0, 3);
  const failures = new Map<string, string | undefined>();
  await runLanes("/nonexistent-guest", cases, {
    onResult: ({ id }, { failure }) => failures.set(id, failure),
  });
  expect([...failures.keys()].sort()).toEqual(cases.map(({ id }) => id).sort());
  for (const failure of failures.values())
    expect(failure).toMatch(/^getting the machine ready\n.*nonexistent-guest/);
});
