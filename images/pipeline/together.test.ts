import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { together } from "./together";

it("gives what each task gives, in their order", async () => {
  expect(await together([() => sleep(5, "slow"), () => Promise.resolve(2)])).toEqual(["slow", 2]);
});

it("stops the others when one fails, waits for their end, and throws the first failure", async () => {
  const ended: string[] = [];
  const stopped = async (signal: AbortSignal): Promise<void> => {
    await sleep(60_000, undefined, { signal }).catch(() => undefined);
    await sleep(5);
    ended.push("stopped");
    throw new Error("second");
  };
  const failure = together([stopped, () => Promise.reject(new Error("first"))]);
  await expect(failure).rejects.toThrow("first");
  expect(ended).toEqual(["stopped"]);
});

it("is stopped from outside, with that reason", async () => {
  const outer = new AbortController();
  const waiting = together([(signal) => sleep(60_000, undefined, { signal })], outer.signal);
  outer.abort(new Error("no longer wanted"));
  await expect(waiting).rejects.toThrow("no longer wanted");
});
