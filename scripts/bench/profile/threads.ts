/** Processor time of this program: of the thread that runs the machine, and of V8's others (they compile and collect). */
import { readdir, readFile } from "node:fs/promises";
import { parseProcessStat } from "./proc";

const TICKS_A_SECOND = 100;

export interface ThreadSeconds {
  readonly main: number;
  readonly others: number;
}

export async function readThreadSeconds(): Promise<ThreadSeconds> {
  let [main, others] = [0, 0];
  for (const thread of await readdir("/proc/self/task")) {
    // A thread may have ended since.
    const line = await readFile(`/proc/self/task/${thread}/stat`, "utf8").catch(() => undefined);
    if (line === undefined) continue;
    const seconds = parseProcessStat(line).ticks / TICKS_A_SECOND;
    if (thread === String(process.pid)) main += seconds;
    else others += seconds;
  }
  return { main, others };
}
