/**
 * Makes a process and all that it starts slower, by a control group's share of the processors: what Chromium's own throttle
 * slows is the page's main thread alone, and the machine is in a worker.
 */
import { access, mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";

const PERIOD_US = 100_000;

interface Controller {
  readonly folder: string;
  readonly file: string;
  readonly value: (quotaUs: number) => string;
}

/** Both kinds of control groups: kernel docs, cgroup-v1/cpusets and sched-bwc, and cgroup-v2 "CPU". */
const CONTROLLERS: readonly Controller[] = [
  { folder: "/sys/fs/cgroup/cpu", file: "cpu.cfs_quota_us", value: String },
  { folder: "/sys/fs/cgroup", file: "cpu.max", value: (quotaUs) => `${quotaUs} ${PERIOD_US}` },
];

/** Microseconds of processor time in each period of 100 ms. @param times how many times slower, 1 or more */
export function quotaFor(times: number, processors: number): number {
  if (!(times >= 1)) throw new RangeError(`it can only be slower by 1 or more, not by ${times}`);
  return Math.round((processors * PERIOD_US) / times);
}

/**
 * @param times how many times slower; 1 changes nothing
 * @returns removes the group, once the process has ended
 * @throws Error when there are no control groups that this user may make
 */
export async function throttleProcess(pid: number, times: number): Promise<() => Promise<void>> {
  if (times === 1) return () => Promise.resolve();
  const quota = quotaFor(times, availableParallelism());
  const problems: string[] = [];
  for (const { folder, file, value } of CONTROLLERS) {
    const group = join(folder, `drydock-bench-${pid}`);
    try {
      await mkdir(group);
      await access(join(group, file));
      await writeFile(join(group, file), value(quota));
      await writeFile(join(group, "cgroup.procs"), String(pid));
      return () => removeGroup(group);
    } catch (error) {
      problems.push(String(error));
      await rmdir(group).catch(() => undefined);
    }
  }
  throw new Error(`--throttle needs control groups, as root: ${problems.join("; ")}`);
}

/** A group with processes in it cannot be removed: what is left of the browser has a moment to end. */
async function removeGroup(group: string): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt++) {
    if ((await readFile(join(group, "cgroup.procs"), "utf8")).trim() === "") break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await rmdir(group);
}
