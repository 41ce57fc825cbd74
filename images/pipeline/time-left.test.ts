import { expect, it } from "vitest";
import { estimateLeft } from "./time-left";

const planned = { kernel: 200, disk: 100, snapshot: 100 };
const began = 0;

it("tells nothing when nothing that is under way was planned", () => {
  const open = [{ name: "agent", since: 0, share: undefined }];
  expect(estimateLeft({ planned, open, done: new Map(), began, now: 5000 })).toBeUndefined();
  expect(estimateLeft({ planned: {}, open, done: new Map(), began, now: 5000 })).toBeUndefined();
});

it("counts what is usual until the machine has shown its speed", () => {
  const open = [{ name: "kernel", since: 0, share: 0 }];
  expect(estimateLeft({ planned, open, done: new Map(), began, now: 1000 })).toBe(400);
});

it("goes by this machine's speed afterwards, with stages side by side", () => {
  const open = [
    { name: "kernel", since: 0, share: 0.5 },
    { name: "disk", since: 0, share: 1 },
  ];
  // 200 of 400 usual seconds took 400.
  expect(estimateLeft({ planned, open, done: new Map(), began, now: 400_000 })).toBeCloseTo(400);
  const done = new Map([
    ["kernel", 600_000],
    ["disk", 500_000],
  ]);
  const last = [{ name: "snapshot", since: 600_000, share: 0.5 }];
  expect(estimateLeft({ planned, open: last, done, began, now: 700_000 })).toBeCloseTo(100);
});

it("is not misled by stages that were up to date, nor by one that does not tell", () => {
  const open = [{ name: "snapshot", since: 0, share: undefined }];
  const done = new Map([
    ["kernel", 3],
    ["disk", 2],
  ]);
  expect(estimateLeft({ planned, open, done, began, now: 40_000 })).toBeCloseTo(60);
  expect(estimateLeft({ planned, open, done, began, now: 400_000 })).toBeLessThan(30);
});
