import { describe, expect, it } from "vitest";
import { watchLiveness } from "./liveness";

function setUp(misses: number) {
  let tick: (() => void) | undefined;
  let answer: (() => void) | undefined;
  let refuse: ((error: Error) => void) | undefined;
  const seen = { pings: 0, silences: 0 };
  const stop = watchLiveness({
    misses,
    ping: () => {
      seen.pings += 1;
      return new Promise<void>((resolve, reject) => {
        answer = resolve;
        refuse = reject;
      });
    },
    onSilence: () => {
      seen.silences += 1;
    },
    every: (run) => {
      tick = run;
      return () => {
        tick = undefined;
      };
    },
  });
  return {
    seen,
    stop,
    tick: (times = 1) => {
      for (let i = 0; i < times; i += 1) tick?.();
    },
    answer: async () => {
      answer?.();
      await Promise.resolve();
    },
    refuse: async () => {
      refuse?.(new Error("not now"));
      await Promise.resolve();
      await Promise.resolve();
    },
    running: () => tick !== undefined,
  };
}

describe("watchLiveness", () => {
  it("stays quiet while answers come, however slowly", async () => {
    const watch = setUp(3);
    for (let round = 0; round < 5; round += 1) {
      watch.tick(3);
      await watch.answer();
    }
    expect(watch.seen).toEqual({ pings: 5, silences: 0 });
  });

  it("takes an error for an answer", async () => {
    const watch = setUp(2);
    watch.tick(2);
    await watch.refuse();
    watch.tick(2);
    expect(watch.seen).toEqual({ pings: 2, silences: 0 });
  });

  it("reports silence once, and asks no more", () => {
    const watch = setUp(3);
    watch.tick(3);
    expect(watch.seen.silences).toBe(0);
    watch.tick(1);
    expect(watch.seen).toEqual({ pings: 1, silences: 1 });
    expect(watch.running()).toBe(false);
    watch.tick(10);
    expect(watch.seen.silences).toBe(1);
  });

  it("ends when it is told to", () => {
    const watch = setUp(1);
    watch.stop();
    watch.tick(5);
    expect(watch.seen).toEqual({ pings: 0, silences: 0 });
  });
});
