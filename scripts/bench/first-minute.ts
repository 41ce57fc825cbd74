/** A learner's first minutes in headless Chromium, from the production build: prompt, `docker ps`, runs, builds. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { createProgress } from "../../images/pipeline/progress";
import { buildSite, ROOT } from "../site/site";
import type { Figure, Measurement } from "./figure";
import { describeSeconds, planFirstMinute } from "./plan";
import { throttleProcess } from "./throttle";

const share = z.number().nonnegative();
/** What `e2e/first-minute.bench.ts` leaves: seconds by name, in the order in which they were measured. */
const resultSchema = z.object({
  browser: z.string(),
  seconds: z.record(z.string(), z.array(z.number().positive()).min(1)),
  /** Of one processor, at the prompt with nothing to do: all the browser's processes, and the tab's alone. */
  idle: z.object({ all: share, tab: share, seconds: z.number().positive() }),
  tabBytes: z.number().positive(),
});
export type FirstMinute = z.infer<typeof resultSchema>;

export const FIRST_MINUTE = "first-minute";

export const firstMinute: Figure = {
  name: FIRST_MINUTE,
  about:
    "in Chromium: prompt, docker ps, docker run and docker build, first and later; idle prompt, tab memory",
  async run({ guestFolder, say, runs, throttle }) {
    await buildSite(guestFolder, createProgress(process.stderr));
    const folder = await mkdtemp(join(tmpdir(), "drydock-bench-"));
    const [plan, result] = [join(folder, "plan.json"), join(folder, "first-minute.json")];
    try {
      await writeFile(plan, JSON.stringify(planFirstMinute(runs)));
      say(`Chromium, ${runs} runs${throttle === 1 ? "" : `, ${throttle} times slower`}`);
      await runBrowser(
        { DRYDOCK_BENCH: "1", DRYDOCK_BENCH_PLAN: plan, DRYDOCK_BENCH_FILE: result },
        throttle,
      );
      return describeFirstMinute(resultSchema.parse(JSON.parse(await readFile(result, "utf8"))));
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

export function describeFirstMinute({ browser, seconds, idle, tabBytes }: FirstMinute): Measurement[] {
  const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
  return [
    ...describeSeconds(FIRST_MINUTE, seconds, `Chromium ${browser}`),
    {
      name: "first-minute-idle",
      value: idle.all,
      unit: "ratio",
      note: `of a core, over ${idle.seconds.toFixed(0)} s; the tab alone ${percent(idle.tab)}`,
    },
    { name: "first-minute-tab-memory", value: tabBytes, unit: "bytes", note: "after all of these" },
  ];
}
