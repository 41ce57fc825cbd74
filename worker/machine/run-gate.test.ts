import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { seededRandom } from "../lan/testing/random";
import { type Processor, RunGate } from "./run-gate";

/**
 * Runs and stops as v86 does: `run` is at once, and a `stop` that is overtaken by a `run` never resolves, because v86
 * then never says that it has stopped.
 */
class SlowProcessor implements Processor {
  running = false;
  readonly calls: string[] = [];
  #stopping: (() => void) | undefined;

  run(): Promise<void> {
    this.calls.push("run");
    this.running = true;
    this.#stopping = undefined;
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.calls.push("stop");
    if (!this.running) return Promise.resolve();
    return new Promise((resolve) => {
      const stopped = (): void => {
        if (this.#stopping !== stopped) return;
        this.running = false;
        resolve();
      };
      this.#stopping = stopped;
      setTimeout(stopped, 5);
    });
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Bench {
  readonly processor: SlowProcessor;
  readonly gate: RunGate;
  /** Milliseconds that it stood still, each time that it went on. */
  readonly stoodStill: number[];
  /** How often it has come to a standstill. */
  readonly stops: () => number;
}

function bench(): Bench {
  const processor = new SlowProcessor();
  const stoodStill: number[] = [];
  let stops = 0;
  const gate = new RunGate({
    processor,
    holder: "start",
    onRun: (ms) => stoodStill.push(ms),
    onStop: () => (stops += 1),
  });
  return { processor, gate, stoodStill, stops: () => stops };
}

async function started(): Promise<Bench> {
  const parts = bench();
  await parts.gate.release("start");
  return parts;
}

/** Lets the processor come to rest, then sees that the promise is over. */
async function finish(promise: Promise<unknown>): Promise<void> {
  await vi.advanceTimersByTimeAsync(50);
  await promise;
}

describe("RunGate", () => {
  it("stands still until its first holder lets go", async () => {
    const { processor, gate } = bench();
    await gate.release("somebody else");
    expect(processor.calls).toEqual([]);
    await gate.release("start");
    expect(processor.running).toBe(true);
  });

  it("stops for a holder, resolves when it stands still, and goes on", async () => {
    const { processor, gate, stops } = await started();
    const held = gate.hold("page");
    expect(processor.running).toBe(true);
    expect(stops()).toBe(0);
    await finish(held);
    expect(processor.running).toBe(false);
    expect(stops()).toBe(1);
    await gate.release("page");
    expect(processor.running).toBe(true);
  });

  it("runs only when the last holder has let go", async () => {
    const { processor, gate } = await started();
    await finish(Promise.all([gate.hold("page"), gate.hold("disk")]));
    await gate.release("page");
    expect(processor.running).toBe(false);
    await gate.release("disk");
    expect(processor.running).toBe(true);
    expect(processor.calls).toEqual(["run", "stop", "run"]);
  });

  it("takes a second hold by the same holder for one", async () => {
    const { processor, gate } = await started();
    await finish(Promise.all([gate.hold("page"), gate.hold("page")]));
    await gate.release("page");
    expect(processor.running).toBe(true);
    await gate.release("page");
    expect(processor.calls).toEqual(["run", "stop", "run"]);
  });

  it("leaves no holder waiting when a release overtakes a stop", async () => {
    const { processor, gate } = await started();
    const held = gate.hold("console");
    const released = gate.release("console");
    await finish(Promise.all([held, released]));
    expect(processor.running).toBe(true);
    expect(processor.calls).toEqual(["run", "stop", "run"]);
  });

  it("says how long it stood still", async () => {
    const { gate, stoodStill } = bench();
    await vi.advanceTimersByTimeAsync(700);
    await gate.release("start");
    await finish(gate.hold("page"));
    await vi.advanceTimersByTimeAsync(2000);
    await gate.release("page");
    // It came to rest 5 ms after the call, 45 ms before `finish` was over.
    expect(stoodStill).toEqual([700, 2045]);
  });

  it("ends in the state that its holders ask for, after any order of calls", async () => {
    const random = seededRandom(11);
    const { processor, gate } = await started();
    const holders = new Set<string>();
    for (let round = 0; round < 300; round++) {
      const calls: Promise<void>[] = [];
      for (let i = 0; i < 1 + Math.floor(random() * 6); i++) {
        const holder = `holder ${Math.floor(random() * 3)}`;
        if (random() < 0.5) {
          holders.add(holder);
          calls.push(gate.hold(holder));
        } else {
          holders.delete(holder);
          calls.push(gate.release(holder));
        }
        if (random() < 0.3) await vi.advanceTimersByTimeAsync(Math.floor(random() * 8));
      }
      await finish(Promise.all(calls));
      expect(processor.running).toBe(holders.size === 0);
    }
  });
});
