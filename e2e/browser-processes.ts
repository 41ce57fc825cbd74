/** What a browser's processes take of the machine that they run on, by Linux's /proc (proc(5)). */
import { readFile } from "node:fs/promises";
import type { Browser } from "@playwright/test";

/** Ticks of processor time in a second: sysconf(_SC_CLK_TCK), which is 100 on every Linux that runs browsers. */
const TICKS = 100;

interface BrowserProcess {
  readonly id: number;
  readonly type: string;
}

async function listProcesses(browser: Browser): Promise<readonly BrowserProcess[]> {
  const client = await browser.newBrowserCDPSession();
  try {
    return (await client.send("SystemInfo.getProcessInfo")).processInfo;
  } finally {
    await client.detach();
  }
}

/** Bytes of memory that the largest tab has now. */
export async function tabBytes(browser: Browser): Promise<number> {
  let largest = 0;
  for (const { id, type } of await listProcesses(browser)) {
    if (type !== "renderer") continue;
    const status = await readFile(`/proc/${id}/status`, "utf8");
    largest = Math.max(largest, Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024);
  }
  return largest;
}

/** Seconds of processor time that all the browser's processes have had, and those of its tabs. */
export async function processorSeconds(
  browser: Browser,
): Promise<{ readonly all: number; readonly tabs: number }> {
  let [all, tabs] = [0, 0];
  for (const { id, type } of await listProcesses(browser)) {
    // The name may have spaces and brackets in it; what follows is user and system time as the 12th and 13th field.
    const stat = await readFile(`/proc/${id}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const seconds = (Number(fields[11]) + Number(fields[12])) / TICKS;
    all += seconds;
    if (type === "renderer") tabs += seconds;
  }
  return { all, tabs };
}
