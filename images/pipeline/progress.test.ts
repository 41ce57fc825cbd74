import { afterEach, expect, it, vi } from "vitest";
import { createProgress, formatSeconds } from "./progress";

afterEach(() => vi.useRealTimers());

it("says durations as a person would", () => {
  expect([40, 9940, 9960, 12_400, 119_400, 125_000].map(formatSeconds)).toEqual([
    "0.0 s",
    "9.9 s",
    "10 s",
    "12 s",
    "119 s",
    "2 min 05 s",
  ]);
});

it("prints one line for each step, with the time between the steps", () => {
  let time = 0;
  let printed = "";
  const progress = createProgress({ write: (text) => (printed += text) }, () => time);
  const stage = progress.stage(2, 6, "disk");
  stage.say("downloading");
  time = 3000;
  stage.say("unpacking");
  stage.update("unpacking 214 packages");
  stage.note("one mirror is slow");
  time = 15_000;
  stage.end();
  stage.update("too late");
  progress.note("done");
  expect(printed).toBe(
    "[2/6] disk: downloading … 3.0 s\n[2/6] disk: one mirror is slow\n[2/6] disk: unpacking 214 packages … 12 s\ndone\n",
  );
});

it("rewrites the current line on a terminal", () => {
  let printed = "";
  const output = { isTTY: true, write: (text: string) => (printed += text) };
  const stage = createProgress(output, () => 0).stage(1, 1, "kernel");
  stage.say("compiling");
  stage.end("up to date");
  expect(printed).toBe(
    "\r\x1b[K[1/1] kernel: compiling … 0.0 s\r\x1b[K[1/1] kernel: compiling … 0.0 s\n\r\x1b[K[1/1] kernel: up to date\n",
  );
});

it("is never silent for long without a terminal, says percent and the time left", () => {
  vi.useFakeTimers({ now: 0 });
  let printed = "";
  const progress = createProgress({ write: (text) => (printed += text) });
  progress.plan({ kernel: 200, disk: 100 });
  const kernel = progress.stage(1, 2, "kernel");
  kernel.say("compiling, 640 of 1350 files");
  kernel.progress(0.5);
  vi.advanceTimersByTime(14_000);
  expect(printed).toBe("");
  vi.advanceTimersByTime(86_000);
  const disk = progress.stage(2, 2, "disk");
  disk.say("making the file system");
  vi.advanceTimersByTime(20_000);
  const lines = printed.trimEnd().split("\n");
  expect(lines).toHaveLength(8);
  expect(lines[0]).toMatch(/^… 15 s; kernel: compiling, 640 of 1350 files, 50 %; about \d+ s left$/);
  expect(lines[7]).toMatch(/^… 2 min 00 s; kernel: .*, 50 %; disk: making the file system; about .* left$/);
  kernel.end();
  disk.end();
  printed = "";
  vi.advanceTimersByTime(60_000);
  expect(printed).toBe("");
});

it("shows all open stages in the one live line, no wider than the terminal", () => {
  let printed = "";
  const output = { isTTY: true, columns: 40, write: (text: string) => (printed += text) };
  const progress = createProgress(output, () => 0);
  progress.stage(1, 2, "kernel").say("compiling");
  progress.stage(2, 2, "disk").say("unpacking many packages");
  const last = printed.split("\x1b[K").at(-1) ?? "";
  expect(last).toContain("[1/2] kernel: compiling … 0.0 s  [2/2]");
  expect(last.length).toBeLessThan(40);
});

it("says what belongs to no stage, when it has ended and while it goes on", async () => {
  vi.useFakeTimers({ now: 0 });
  let printed = "";
  const progress = createProgress({ write: (text) => (printed += text) });
  const work = progress.during("building the app", async () => {
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    return 7;
  });
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await work).toBe(7);
  expect(printed).toBe("… 15 s; building the app\nbuilding the app … 20 s\n");
  await expect(progress.during("failing", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
});
