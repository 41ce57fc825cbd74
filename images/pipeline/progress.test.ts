import { expect, it } from "vitest";
import { createProgress, formatSeconds } from "./progress";

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
    "\r\x1b[K[1/1] kernel: compiling … 0.0 s\r\x1b[K[1/1] kernel: compiling … 0.0 s\n[1/1] kernel: up to date\n",
  );
});
