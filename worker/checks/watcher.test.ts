import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { StepRequest } from "./request";
import { container, ScriptedDoors } from "./testing/scripted-doors";
import { StepWatcher } from "./watcher";

const REQUEST: StepRequest = {
  step: "a/b",
  checks: [{ container: "web" }],
  needs: [],
  sinceMs: 0,
  answers: {},
};

function setUp(): { doors: ScriptedDoors; watcher: StepWatcher; results: string[]; errors: unknown[] } {
  const doors = new ScriptedDoors();
  const results: string[] = [];
  const errors: unknown[] = [];
  const watcher = new StepWatcher({
    doors,
    onResult: (step, result) => results.push(`${step} ${result.step.state}`),
    onError: (error) => errors.push(error),
  });
  return { doors, watcher, results, errors };
}

/** Programs run until the answer is called, which ends the one that was run last. */
function holdPrograms(doors: ScriptedDoors): () => void {
  let finish = (): void => undefined;
  doors.run = () =>
    new Promise((resolve) => {
      finish = () => resolve({ status: 0, stdout: "" });
    });
  return () => finish();
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("StepWatcher", () => {
  it("looks once for a swarm of reasons, and not at all without one", async () => {
    const { doors, watcher, results } = setUp();
    watcher.watch(REQUEST);
    for (let i = 0; i < 20; i++) watcher.nudge();
    await vi.advanceTimersByTimeAsync(1000);
    expect(results).toEqual(["a/b not-yet"]);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(doors.asked).toHaveLength(1);
    doors.answers.set("/containers/web/json", container());
    watcher.nudge();
    await vi.advanceTimersByTimeAsync(1000);
    expect(results).toEqual(["a/b not-yet", "a/b pass"]);
  });

  it("looks again by itself while time alone may help, but not forever", async () => {
    const { doors, watcher, results } = setUp();
    doors.program = () => ({ status: 1, stdout: "" });
    watcher.watch({ ...REQUEST, checks: [{ file: "/x" }] });
    await vi.advanceTimersByTimeAsync(600_000);
    expect(results).toHaveLength(8);
    watcher.nudge();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(results).toHaveLength(16);
  });

  it("looks once more when there was a reason during a look", async () => {
    const { doors, watcher, results } = setUp();
    const finish = holdPrograms(doors);
    watcher.watch({ ...REQUEST, checks: [{ shell: "x", hint: "h" }] });
    await vi.advanceTimersByTimeAsync(300);
    watcher.nudge();
    watcher.nudge();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(results).toEqual([]);
    finish();
    await vi.advanceTimersByTimeAsync(300);
    finish();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(results).toEqual(["a/b pass", "a/b pass"]);
  });

  it("drops the look at a step that is no longer watched", async () => {
    const { doors, watcher, results } = setUp();
    const finish = holdPrograms(doors);
    watcher.watch({ ...REQUEST, checks: [{ shell: "x", hint: "h" }] });
    await vi.advanceTimersByTimeAsync(300);
    watcher.watch({ ...REQUEST, step: "c/d" });
    finish();
    await vi.advanceTimersByTimeAsync(1000);
    expect(results).toEqual(["c/d not-yet"]);
    watcher.watch(undefined);
    watcher.nudge();
    await vi.advanceTimersByTimeAsync(1000);
    expect(results).toHaveLength(1);
  });

  it("leaves health checks alone unless the step asks for what runs inside", async () => {
    const { doors, watcher } = setUp();
    watcher.watch(REQUEST);
    await vi.advanceTimersByTimeAsync(1000);
    watcher.nudgeByEvent("container", "exec_start: curl localhost");
    await vi.advanceTimersByTimeAsync(1000);
    expect(doors.asked).toHaveLength(1);
    watcher.nudgeByEvent("container", "die");
    await vi.advanceTimersByTimeAsync(1000);
    expect(doors.asked).toHaveLength(2);
    watcher.watch({ ...REQUEST, checks: [{ event: "container exec_start" }] });
    await vi.advanceTimersByTimeAsync(1000);
    const before = doors.asked.length;
    watcher.nudgeByEvent("container", "exec_start: sh");
    await vi.advanceTimersByTimeAsync(300);
    expect(doors.asked.length).toBeGreaterThan(before);
  });

  it("tells a failure and goes on with the next reason", async () => {
    const { doors, watcher, results, errors } = setUp();
    doors.run = () => Promise.reject(new Error("the agent is gone"));
    watcher.watch({ ...REQUEST, checks: [{ shell: "x", hint: "h" }] });
    await vi.advanceTimersByTimeAsync(1000);
    expect(errors).toHaveLength(1);
    doors.run = () => Promise.resolve({ status: 0, stdout: "" });
    watcher.nudge();
    await vi.advanceTimersByTimeAsync(1000);
    expect(results).toEqual(["a/b pass"]);
  });
});
