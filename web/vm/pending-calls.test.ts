import { describe, expect, it } from "vitest";
import { DrydockError } from "../../contract/errors";
import { guardCalls, PendingCalls } from "./pending-calls";

const died = new DrydockError("worker-died", "gone");
const never = (): Promise<never> => new Promise(() => undefined);
const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "resolved",
    (error: unknown) => error,
  );

describe("PendingCalls", () => {
  it("settles as the call does and then forgets it", async () => {
    const pending = new PendingCalls();
    expect(await pending.run(() => Promise.resolve(7))).toBe(7);
    const error = new DrydockError("network", "away");
    expect(await failure(pending.run(() => Promise.reject(error)))).toBe(error);
    expect(pending.size).toBe(0);
  });

  it("rejects every waiting call when the worker dies, and every later one without making it", async () => {
    const pending = new PendingCalls();
    const waiting = [failure(pending.run(never)), failure(pending.run(never))];
    expect(pending.size).toBe(2);
    pending.fail(died);
    expect(await Promise.all(waiting)).toEqual([died, died]);
    expect(pending.size).toBe(0);
    let made = false;
    const late = pending.run(() => {
      made = true;
      return Promise.resolve();
    });
    expect(await failure(late)).toBe(died);
    expect(made).toBe(false);
  });

  it("keeps the first failure", async () => {
    const pending = new PendingCalls();
    pending.fail(died);
    pending.fail(new DrydockError("aborted", "later"));
    expect(await failure(pending.run(never))).toBe(died);
  });

  it("gives a plain error a code", async () => {
    const pending = new PendingCalls();
    const error = await failure(pending.run(() => Promise.reject(new RangeError("odd"))));
    expect(error).toBeInstanceOf(DrydockError);
    expect(error).toMatchObject({ code: "internal", message: "odd" });
  });
});

describe("guardCalls", () => {
  it("passes arguments and values through, and ends calls that hang", async () => {
    const pending = new PendingCalls();
    const guarded = guardCalls(
      { add: (a: number, b: number) => Promise.resolve(a + b), hang: never },
      pending,
    );
    expect(await guarded.add(2, 3)).toBe(5);
    const hanging = failure(guarded.hang());
    pending.fail(died);
    expect(await hanging).toBe(died);
  });

  it("does so in groups of methods, too", async () => {
    const pending = new PendingCalls();
    const guarded = guardCalls(
      { inner: { hang: never, twice: (n: number) => Promise.resolve(2 * n) } },
      pending,
    );
    expect(await guarded.inner.twice(2)).toBe(4);
    const hanging = failure(guarded.inner.hang());
    pending.fail(died);
    expect(await hanging).toBe(died);
    expect(await failure(guarded.inner.twice(2))).toBe(died);
  });

  it("is not taken for a promise", async () => {
    const guarded = guardCalls({ then: never, value: 1 }, new PendingCalls());
    expect(await Promise.resolve(guarded)).toBe(guarded);
    expect(guarded.value).toBe(1);
  });
});
