import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { whenIdle } from "./idle";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("waits while the guest works, and no longer", async () => {
  const processor = { instructions: 0 };
  const idle = vi.fn();
  void whenIdle(processor, new AbortController().signal).then(idle);
  for (let turn = 0; turn < 5; turn++) {
    processor.instructions += 2_000_000;
    await vi.advanceTimersByTimeAsync(100);
    expect(idle).not.toHaveBeenCalled();
  }
  processor.instructions += 50_000;
  await vi.advanceTimersByTimeAsync(100);
  expect(idle).toHaveBeenCalledOnce();
});

it("does not wait forever for a guest that is never idle", async () => {
  const busy = {
    executed: 0,
    get instructions() {
      return (this.executed += 2_000_000);
    },
  };
  const given = vi.fn();
  void whenIdle(busy, new AbortController().signal).then(given);
  await vi.advanceTimersByTimeAsync(4900);
  expect(given).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(100);
  expect(given).toHaveBeenCalledOnce();
});

it("ends when it is cancelled", async () => {
  const abort = new AbortController();
  const waiting = whenIdle({ instructions: 0 }, abort.signal);
  abort.abort();
  const refused = expect(waiting).rejects.toMatchObject({ code: "aborted" });
  await vi.advanceTimersByTimeAsync(100);
  await refused;
});
