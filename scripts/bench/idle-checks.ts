/** What a watched lesson step costs a guest in which nothing happens, as a share of what its processor can do. */
import { LessonServices } from "../../worker/lesson-services";
import type { Machine } from "../../worker/machine/machine";
import type { Figure } from "./figure";
import { runInGuest } from "./run-in-guest";

const WINDOW_SECONDS = 60;
/** For what a restore and the first looks at a step leave behind. */
const SETTLE_SECONDS = 30;

/** None of it holds: a step that is done is looked at no more often. */
const STEP = {
  step: "bench/idle",
  checks: [
    { container: "web", state: "running", ports: ["8080:80"] },
    { image: "nginx" },
    { http: "http://localhost:8080/" },
    { file: "/root/report.txt" },
    { event: "image pull" },
  ],
  needs: [],
  answers: {},
} as const;

export const idleChecks: Figure = {
  name: "idle-checks",
  about: "a watched lesson step's share of an idle guest's processor",
  async run({ openMachine, say }) {
    const machine = await openMachine();
    const services = new LessonServices(machine.agent, () => undefined);
    try {
      const full = await instructionsPerSecond(machine, () =>
        runInGuest(machine, "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"),
      );
      say("an idle guest");
      const alone = await idle(machine);
      say("the same with a step that is watched");
      services.watchStep({ ...STEP, sinceMs: Date.now() });
      const watched = await idle(machine);
      const value = Math.max(0, watched - alone) / full;
      const note = `idle ${percent(alone / full)}, watched ${percent(watched / full)} of ${(full / 1e6).toFixed(0)} MIPS`;
      return [{ name: "idle-checks", value, unit: "ratio", note }];
    } finally {
      services.close();
      await machine.destroy();
    }
  },
};

async function idle(machine: Machine): Promise<number> {
  await wait(SETTLE_SECONDS);
  return instructionsPerSecond(machine, () => wait(WINDOW_SECONDS));
}

async function instructionsPerSecond(machine: Machine, run: () => Promise<unknown>): Promise<number> {
  const [instructions, began] = [machine.emulator.instructions, performance.now()];
  await run();
  return ((machine.emulator.instructions - instructions) * 1000) / (performance.now() - began);
}

const wait = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
