import { describe, expect, it } from "vitest";
import { LazyTimer } from "./clock";
import { PausableClock } from "./pausable-clock";
import { VirtualClock } from "./testing/virtual-clock";

const instantly = (): Promise<void> => Promise.resolve();

describe("a lazy timer", () => {
  it("fires once, at the time that it was moved to last", async () => {
    const clock = new VirtualClock(instantly);
    const fired: number[] = [];
    const timer = new LazyTimer(clock, () => fired.push(clock.now()));
    timer.arm(100);
    await clock.advance(50);
    timer.arm(100);
    await clock.advance(50);
    timer.arm(10);
    expect(timer.armed).toBe(true);
    await clock.advance(1000);
    expect(fired).toEqual([110]);
    expect(timer.armed).toBe(false);
  });

  it("moved a thousand times sets two timers below", async () => {
    const clock = new VirtualClock(instantly);
    let set = 0;
    const counting = {
      now: () => clock.now(),
      defer: (fn: () => void) => clock.defer(fn),
      setTimer: (ms: number, fn: () => void) => {
        set += 1;
        return clock.setTimer(ms, fn);
      },
    };
    const timer = new LazyTimer(counting, () => undefined);
    for (let round = 0; round < 1000; round += 1) {
      timer.arm(1000);
      await clock.advance(1);
    }
    await clock.advance(5000);
    expect(set).toBe(2);
  });

  it("does not fire when it is disarmed, and leaves nothing when it is stopped", async () => {
    const clock = new VirtualClock(instantly);
    let fired = 0;
    const timer = new LazyTimer(clock, () => (fired += 1));
    timer.arm(100);
    timer.disarm();
    await clock.advance(200);
    timer.arm(100);
    timer.stop();
    expect(clock.timers).toBe(0);
    await clock.advance(200);
    expect(fired).toBe(0);
  });
});

describe("a pausable clock", () => {
  it("stands still while it is paused, and its timers wait as long as they had left", async () => {
    const real = new VirtualClock(instantly);
    const clock = new PausableClock(real);
    const fired: number[] = [];
    clock.setTimer(100, () => fired.push(clock.now()));
    const cancel = clock.setTimer(150, () => fired.push(-1));
    await real.advance(60);
    clock.pause();
    clock.pause();
    expect(real.timers).toBe(0);
    await real.advance(3_600_000);
    expect(clock.now()).toBe(60);
    clock.setTimer(5, () => fired.push(clock.now()));
    cancel();
    clock.resume();
    clock.resume();
    await real.advance(1000);
    expect(fired).toEqual([65, 100]);
    expect(clock.now()).toBe(1060);
    expect(real.timers).toBe(0);
  });
});
