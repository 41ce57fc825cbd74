/** A learner's first minutes in headless Chromium, from the production build: prompt, `docker ps`, runs, builds. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { createProgress } from "../../images/pipeline/progress";
import { buildSite, ROOT } from "../site";
import type { Figure, Measurement } from "./figure";
import { throttleProcess } from "./throttle";

/** What `e2e/first-minute.bench.ts` leaves: seconds by name, in the order in which they were measured. */
const resultSchema = z.object({
  browser: z.string(),
  seconds: z.record(z.string(), z.array(z.number().positive()).min(1)),
});
export type FirstMinute = z.infer<typeof resultSchema>;

/** In seconds, on two cores. */
const GOALS: Readonly<Record<string, number>> = {
  "prompt-warm": 1.5,
  "ps-first": 1.2,
  "ps-later": 0.5,
  "run-first": 5,
  "run-later": 3.5,
  "build-first": 12,
};

export const firstMinute: Figure = {
  name: "first-minute",
  about: "in Chromium: the prompt, docker ps, docker run and docker build, first and later",
  async run({ guestFolder, say, runs, throttle }) {
    await buildSite(guestFolder, createProgress(process.stderr));
    const folder = await mkdtemp(join(tmpdir(), "drydock-bench-"));
    const file = join(folder, "first-minute.json");
    try {
      say(`Chromium, ${runs} runs${throttle === 1 ? "" : `, ${throttle} times slower`}`);
      await runBrowser(
        { DRYDOCK_BENCH: "1", DRYDOCK_BENCH_RUNS: String(runs), DRYDOCK_BENCH_FILE: file },
        throttle,
      );
      return describeFirstMinute(resultSchema.parse(JSON.parse(await readFile(file, "utf8"))));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function runBrowser(env: Record<string, string>, throttle: number): Promise<void> {
  const child = spawn("npx", ["--no-install", "playwright", "test", "--reporter=line"], {
    cwd: ROOT,
    stdio: ["ignore", process.stderr, process.stderr],
    env: { ...process.env, ...env },
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve(status ?? 1));
  });
  const release = child.pid === undefined ? undefined : await throttleProcess(child.pid, throttle);
  const status = await ended;
  await release?.();
  if (status !== 0) throw new Error(`the browser's part ended with status ${status}`);
}

/** The middle value; of an even number, the mean of the two in the middle. @param values at least one */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1] ?? 0, sorted[sorted.length >> 1] ?? 0];
  return (low + high) / 2;
}

/** A median for each name, with what it is the median of; for later runs also the worst, and what the first ones cost. */
export function describeFirstMinute({ browser, seconds }: FirstMinute): Measurement[] {
  const measurements: Measurement[] = [];
  for (const [name, values] of Object.entries(seconds)) {
    const goal = GOALS[name];
    const all = values.map((value) => value.toFixed(1)).join(", ");
    measurements.push({
      name: `first-minute-${name}`,
      value: median(values),
      unit: "s",
      ...(goal === undefined ? {} : { goal: { atMost: goal } }),
      note: values.length === 1 ? `Chromium ${browser}` : `median of ${all}`,
    });
    if (name !== "run-later") continue;
    measurements.push({
      name: "first-minute-run-worst",
      value: Math.max(...values) / median(values),
      unit: "ratio",
      goal: { atMost: 1.5 },
      note: "the slowest later run against their median",
    });
  }
  return measurements;
}
