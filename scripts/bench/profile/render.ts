/** The profile as tables for people. */
import { renderTable } from "../table";
import { PARTS } from "./cpu-profile";
import type { ProfiledStep } from "./profile";

/** Of a step's processes, how many are told. */
const MOST_PROCESSES = 8;

export function renderProfile(steps: readonly ProfiledStep[]): string {
  return [
    "The guest (of each command, with a login shell and a reading of the counters: the last row is these alone):",
    ...renderTable([
      [
        "command",
        "s",
        "M instr.",
        "forks",
        "switches",
        "interrupts",
        "faults",
        "from disk",
        "JIT pages",
        "MB",
        "held",
      ],
      ...steps.map((step) => [
        step.name,
        step.seconds.toFixed(2),
        (step.instructions / 1e6).toFixed(0),
        String(step.system.forks),
        String(step.system.contextSwitches),
        String(step.system.interrupts),
        String(step.system.faults),
        String(step.system.majorFaults),
        String(step.jit.modules),
        (step.jit.bytes / 1e6).toFixed(1),
        String(step.jit.held),
      ]),
    ]),
    "",
    "Its host (processor seconds of the machine's thread and of V8's others; what the first did, in per cent of the clock):",
    ...renderTable([
      ["command", "thread", "others", ...PARTS],
      ...steps.map(({ name, host }) => {
        const all = PARTS.reduce((sum, part) => sum + host.parts[part], 0);
        const percent = PARTS.map((part) => (all === 0 ? "-" : ((host.parts[part] / all) * 100).toFixed(1)));
        return [name, host.threads.main.toFixed(2), host.threads.others.toFixed(2), ...percent];
      }),
    ]),
    "",
    "What ended in the guest: processor ms (processes, of them executed; faults; context switches)",
    ...steps.map(({ name, ended }) => `${name}: ${renderEnded(ended)}`),
    "",
    "What lived on there: processor ms by its ticks of 10 (faults)",
    ...steps.map(({ name, processes }) => `${name}: ${renderProcesses(processes)}`),
  ].join("\n");
}

function renderEnded(ended: ProfiledStep["ended"]): string {
  return firstOf(ended, ({ name, seconds, processes, executed, faults, switches }) => {
    return `${name} ${(seconds * 1000).toFixed(0)} (${processes}, ${executed}; ${faults}; ${switches})`;
  });
}

function renderProcesses(processes: ProfiledStep["processes"]): string {
  return firstOf(processes, ({ name, ticks, faults }) => `${name} ${ticks * 10} (${faults})`);
}

function firstOf<T>(items: readonly T[], render: (item: T) => string): string {
  const told = items.slice(0, MOST_PROCESSES).map(render);
  const rest = items.length - told.length;
  return [...told, ...(rest > 0 ? [`${rest} more`] : [])].join(", ");
}
