/** Two machines at a time, each in a process of its own, with a watchdog: a machine that hangs fails its row alone. */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { messageOf } from "../../contract/errors";
import type { Case } from "./case";
import type { CaseResult } from "./lane";
import { laneMessage } from "./lane-messages";
import { takeNext } from "./queue";

export const LANES = 2;

/** Seconds without a word from the process (each step is one) beyond the longest step: for restoring and pulling. */
const OVERHEAD_SECONDS = 900;

export interface LaneEvents {
  onProgress?(each: Case, text: string): void;
  onResult(each: Case, result: CaseResult): void;
}

/** Seconds without a word after which a process that runs this case hangs: its steps end by themselves before. */
export function silenceLimit(each: Case): number {
  const seconds = each.steps.map((step) => {
    if (step.kind === "write") return 0;
    if (step.kind === "state") return step.within + step.seconds;
    return step.kind === "run" ? step.seconds : step.seconds * Math.max(1, step.sees.length);
  });
  return OVERHEAD_SECONDS + Math.max(...seconds);
}

function startProcess(guestFolder: string): ChildProcess {
  return fork(join(import.meta.dirname, "lane-process.ts"), [guestFolder], {
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
}

/** Sends one case to the process. Rejects when the process ends or says nothing for too long. */
function runInProcess(
  child: ChildProcess,
  each: Case,
  onProgress: (text: string) => void,
): Promise<CaseResult> {
  return new Promise((resolve, reject) => {
    let last = "nothing";
    const began = performance.now();
    const onSilence = (): void => {
      settle(() => reject(new Error(`the machine's process hangs. The last that it said: ${last}`)));
    };
    let timer = setTimeout(onSilence, silenceLimit(each) * 1000);
    const onMessage = (message: unknown): void => {
      const parsed = laneMessage.safeParse(message);
      if (!parsed.success)
        settle(() => reject(new Error(`the machine's process said ${JSON.stringify(message)}`)));
      else if (parsed.data.kind === "progress") {
        clearTimeout(timer);
        timer = setTimeout(onSilence, silenceLimit(each) * 1000);
        last = parsed.data.text;
        onProgress(last);
      } else {
        const { seconds, failure } = parsed.data;
        settle(() => resolve({ seconds, failure }));
      }
    };
    const onExit = (code: number | null, signal: string | null): void => {
      const seconds = Math.round((performance.now() - began) / 1000);
      settle(() =>
        reject(new Error(`the machine's process ended (${signal ?? code}) after ${seconds} s, at: ${last}`)),
      );
    };
    const settle = (how: () => void): void => {
      clearTimeout(timer);
      child.off("message", onMessage).off("exit", onExit);
      how();
    };
    child.on("message", onMessage).on("exit", onExit);
    child.send(each.id);
  });
}

async function runLane(guestFolder: string, queue: Case[], events: LaneEvents): Promise<void> {
  let child: ChildProcess | undefined;
  let last: Case | undefined;
  for (let each = takeNext(queue, last); each !== undefined; each = takeNext(queue, last)) {
    const current = each;
    child ??= startProcess(guestFolder);
    const began = performance.now();
    try {
      events.onResult(
        current,
        await runInProcess(child, current, (text) => events.onProgress?.(current, text)),
      );
    } catch (error) {
      child.kill("SIGKILL");
      child = undefined;
      const seconds = Math.round((performance.now() - began) / 100) / 10;
      events.onResult(current, { seconds, failure: messageOf(error) });
    }
    last = current;
  }
  child?.kill();
}

/** Runs all cases. Never rejects for what a case or its machine does. */
export async function runLanes(
  guestFolder: string,
  cases: readonly Case[],
  events: LaneEvents,
): Promise<void> {
  const queue = [...cases];
  const lanes = Math.min(LANES, queue.length);
  await Promise.all(Array.from({ length: lanes }, () => runLane(guestFolder, queue, events)));
}
