/** Where the time goes: for each command of the first minute, in the guest and in the host that emulates it. */
import type { Machine } from "../../../worker/machine/machine";
import type { BenchContext } from "../figure";
import { planFirstMinute, type Step } from "../plan";
import { runInGuest } from "../run-in-guest";
import { type PartSeconds, ThreadProfiler } from "./cpu-profile";
import { type EndedTasks, type ExitWatch, watchExits } from "./exits";
import { countModules, type ModuleCounter } from "./module-counter";
import {
  compareProcesses,
  type GuestCounters,
  parseGuestCounters,
  type ProcessShare,
  READ_COUNTERS,
  subtractSystem,
  type SystemCounters,
} from "./proc";
import { readThreadSeconds, type ThreadSeconds } from "./threads";

export interface ProfiledStep {
  readonly name: string;
  readonly command: string;
  readonly seconds: number;
  readonly instructions: number;
  readonly system: SystemCounters;
  /** What lived before and after. */
  readonly processes: readonly ProcessShare[];
  readonly ended: readonly EndedTasks[];
  readonly jit: {
    /** Pages of code that were compiled, and the bytes of their modules. */
    readonly modules: number;
    readonly bytes: number;
    /** Pages that are held at the end. */
    readonly held: number;
  };
  readonly host: {
    /** Processor time. */
    readonly threads: ThreadSeconds;
    /** The machine's thread, by the clock. */
    readonly parts: PartSeconds;
  };
}

/** More runs tell nothing new, and each has its profile. */
const MOST_RUNS = 5;
/** What all the others have too: a login shell, and the reading of the counters. */
const NOTHING: Step = { name: "nothing", command: "true" };

export async function profileFirstMinute(
  { openMachine, say }: Pick<BenchContext, "openMachine" | "say">,
  runs: number,
): Promise<ProfiledStep[]> {
  const counter = countModules();
  const profiler = new ThreadProfiler();
  await profiler.open();
  try {
    const machine = await openMachine();
    try {
      // The first reading is the first of everything, and its cost none of the commands'.
      await readGuest(machine);
      const exits = await watchExits(machine);
      const steps: ProfiledStep[] = [];
      for (const step of [...planFirstMinute(Math.min(runs, MOST_RUNS)), NOTHING]) {
        say(`profiling ${step.command}`);
        steps.push(await profileStep(step, { machine, exits, profiler, counter }));
      }
      exits.close();
      return steps;
    } finally {
      await machine.destroy();
    }
  } finally {
    profiler.close();
    counter.stop();
  }
}

async function readGuest(machine: Machine): Promise<GuestCounters> {
  return parseGuestCounters((await runInGuest(machine, READ_COUNTERS)).output);
}

interface Instruments {
  readonly machine: Machine;
  readonly exits: ExitWatch;
  readonly profiler: ThreadProfiler;
  readonly counter: ModuleCounter;
}

async function profileStep(
  { name, command }: Step,
  { machine, exits, profiler, counter }: Instruments,
): Promise<ProfiledStep> {
  const guestBefore = await readGuest(machine);
  await exits.take();
  const [modules, instructions] = [counter.count(), machine.emulator.instructions];
  const threads = await readThreadSeconds();
  const { result, parts } = await profiler.profile(() => runInGuest(machine, command));
  const threadsAfter = await readThreadSeconds();
  const [modulesAfter, instructionsAfter] = [counter.count(), machine.emulator.instructions];
  const ended = await exits.take();
  const guestAfter = await readGuest(machine);
  return {
    name,
    command,
    seconds: result.seconds,
    instructions: instructionsAfter - instructions,
    system: subtractSystem(guestAfter.system, guestBefore.system),
    processes: compareProcesses(guestBefore.processes, guestAfter.processes),
    ended,
    jit: {
      modules: modulesAfter.modules - modules.modules,
      bytes: modulesAfter.bytes - modules.bytes,
      held: machine.emulator.compiledPages,
    },
    host: {
      threads: { main: threadsAfter.main - threads.main, others: threadsAfter.others - threads.others },
      parts,
    },
  };
}
