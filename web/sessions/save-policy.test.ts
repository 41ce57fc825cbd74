import { describe, expect, it } from "vitest";
import { PACE, SavePolicy } from "./save-policy";
import { TestClock } from "./testing/test-clock";

function setUp(): {
  clock: TestClock;
  policy: SavePolicy;
  reasons: string[];
  set: (change: { works?: boolean; isHeld?: boolean }) => void;
  release: () => Promise<void>;
} {
  const clock = new TestClock();
  const reasons: string[] = [];
  const state = { works: true, isHeld: false };
  let release: () => void = () => undefined;
  const policy = new SavePolicy(clock, async (reason) => {
    reasons.push(reason);
    if (state.isHeld) await new Promise<void>((resolve) => (release = resolve));
    return { saved: state.works };
  });
  policy.setEnabled(true);
  return {
    clock,
    policy,
    reasons,
    set: (change) => void Object.assign(state, change),
    release: async () => {
      release();
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  };
}

describe("SavePolicy", () => {
  it("saves soon after a command has ended, and not before", async () => {
    const { clock, policy, reasons } = setUp();
    policy.typed();
    await clock.pass(1_000);
    policy.wrote();
    policy.prompted();
    await clock.pass(PACE.quietAtPrompt - 1);
    expect(reasons).toEqual([]);
    await clock.pass(1);
    expect(reasons).toEqual(["idle"]);
    await clock.pass(3_600_000);
    expect(reasons).toEqual(["idle"]);
  });

  it("saves a program that waits for its input", async () => {
    const { clock, policy, reasons } = setUp();
    policy.typed();
    policy.wrote();
    await clock.pass(PACE.quiet);
    expect(reasons).toEqual(["idle"]);
  });

  it("never begins while somebody types", async () => {
    const { clock, policy, reasons } = setUp();
    for (let key = 0; key < 1_000; key++) {
      policy.typed();
      policy.wrote();
      policy.prompted();
      await clock.pass(500);
    }
    expect(reasons).toEqual([]);
    await clock.pass(PACE.sinceKey);
    expect(reasons).toEqual(["timer"]);
  });

  it("saves every few minutes what never falls silent", async () => {
    const { clock, policy, reasons } = setUp();
    policy.typed();
    for (let second = 0; second < 600; second++) {
      policy.wrote();
      await clock.pass(1_000);
    }
    expect(reasons).toEqual(["timer", "timer", "timer"]);
  });

  it("keeps saves apart, the more the longer they take", async () => {
    const { clock, policy, reasons, set, release } = setUp();
    const work = async (): Promise<void> => {
      policy.typed();
      policy.prompted();
      await clock.pass(PACE.quietAtPrompt);
    };
    await work();
    await work();
    expect(reasons).toHaveLength(1);
    await clock.pass(PACE.apart);
    expect(reasons).toHaveLength(2);
    set({ isHeld: true });
    await clock.pass(PACE.apart);
    await work();
    expect(reasons).toHaveLength(3);
    await clock.pass(6_000);
    set({ isHeld: false });
    await release();
    policy.typed();
    policy.prompted();
    await clock.pass(59_000);
    expect(reasons).toHaveLength(3);
    await clock.pass(2_000);
    expect(reasons).toHaveLength(4);
  });

  it("leaves out what somebody else has saved", async () => {
    const { clock, policy, reasons } = setUp();
    policy.typed();
    await clock.pass(1_000);
    const began = clock.now();
    await clock.pass(500);
    policy.savedSince(began);
    await clock.pass(PACE.longest);
    expect(reasons).toEqual([]);
    policy.typed();
    policy.savedSince(clock.now() - 1);
    await clock.pass(PACE.longest);
    expect(reasons).toEqual(["idle"]);
  });

  it("saves when the page goes out of sight, if there is something to save", async () => {
    const { clock, policy, reasons } = setUp();
    policy.setHidden(true);
    expect(reasons).toEqual([]);
    policy.setHidden(false);
    policy.typed();
    policy.setHidden(true);
    expect(reasons).toEqual(["hidden"]);
    await clock.pass(PACE.longest);
    expect(reasons).toEqual(["hidden"]);
  });

  it("saves at once when asked, and again when asked during a save", async () => {
    const { policy, reasons, set, release } = setUp();
    set({ isHeld: true });
    policy.ask();
    policy.ask();
    policy.ask();
    expect(reasons).toEqual(["asked"]);
    set({ isHeld: false });
    await release();
    expect(reasons).toEqual(["asked", "asked"]);
  });

  it("tries again after a failure, less and less often", async () => {
    const { clock, policy, reasons, set } = setUp();
    set({ works: false });
    policy.typed();
    await clock.pass(PACE.quiet);
    expect(reasons).toHaveLength(1);
    expect(policy.isDirty).toBe(true);
    await clock.pass(PACE.afterFailure);
    expect(reasons).toHaveLength(2);
    await clock.pass(PACE.afterFailure);
    expect(reasons).toHaveLength(2);
    await clock.pass(PACE.afterFailure);
    expect(reasons).toHaveLength(3);
    set({ works: true });
    policy.forgiveFailures();
    await clock.pass(0);
    expect(reasons).toHaveLength(4);
    expect(policy.isDirty).toBe(false);
  });

  it("keeps what came during a save for the next one", async () => {
    const { clock, policy, reasons, set, release } = setUp();
    set({ isHeld: true });
    policy.ask();
    policy.typed();
    set({ isHeld: false });
    await release();
    expect(policy.isDirty).toBe(true);
    await clock.pass(PACE.longest);
    expect(reasons).toEqual(["asked", "idle"]);
  });

  it("saves nothing while there is no machine or no place, and nothing of the machine before", async () => {
    const { clock, policy, reasons } = setUp();
    policy.typed();
    policy.setEnabled(false);
    policy.typed();
    policy.ask();
    await clock.pass(PACE.longest * 2);
    policy.setEnabled(true);
    await clock.pass(PACE.longest * 2);
    expect(reasons).toEqual([]);
  });
});
