/** What Linux counts, as text of /proc (proc(5)): the guest's, and this program's own threads. */

export interface ProcessCounters {
  readonly pid: number;
  readonly name: string;
  /** Processor time in hundredths of a second. */
  readonly ticks: number;
  /** Page faults, minor and major. */
  readonly faults: number;
}

/** A line of /proc/PID/stat. @throws Error for any other text */
export function parseProcessStat(line: string): ProcessCounters {
  // The name is in brackets and may have spaces and brackets in it.
  const [open, close] = [line.indexOf("("), line.lastIndexOf(")")];
  const fields = line
    .slice(close + 2)
    .split(" ")
    .slice(7, 13)
    .map(Number);
  if (open < 1 || fields.length < 6 || !fields.every(Number.isFinite)) {
    throw new Error(`no line of /proc/PID/stat: ${line.slice(0, 200)}`);
  }
  const [minor = 0, , major = 0, , user = 0, system = 0] = fields;
  return {
    pid: Number(line.slice(0, open)),
    name: line.slice(open + 1, close),
    ticks: user + system,
    faults: minor + major,
  };
}

export interface SystemCounters {
  readonly contextSwitches: number;
  /** Processes and threads that were made. */
  readonly forks: number;
  readonly interrupts: number;
  readonly faults: number;
  /** Those that had to read from the disk. */
  readonly majorFaults: number;
}

export interface GuestCounters {
  readonly system: SystemCounters;
  readonly processes: readonly ProcessCounters[];
}

/** Run in the guest, it prints what `parseGuestCounters` reads. */
export const READ_COUNTERS = "cat /proc/stat /proc/vmstat; echo @; cat /proc/[0-9]*/stat 2>/dev/null; true";

/** @throws Error when a counter is missing */
export function parseGuestCounters(text: string): GuestCounters {
  const [counters = "", processes = ""] = text.split("\n@\n");
  const count = (name: string): number => {
    const found = new RegExp(`^${name} (\\d+)`, "m").exec(counters);
    if (found === null) throw new Error(`no counter ${name} in the guest's /proc`);
    return Number(found[1]);
  };
  return {
    system: {
      contextSwitches: count("ctxt"),
      forks: count("processes"),
      interrupts: count("intr"),
      faults: count("pgfault"),
      majorFaults: count("pgmajfault"),
    },
    processes: processes
      .split("\n")
      .filter((line) => line !== "")
      .map(parseProcessStat),
  };
}

export function subtractSystem(after: SystemCounters, before: SystemCounters): SystemCounters {
  return {
    contextSwitches: after.contextSwitches - before.contextSwitches,
    forks: after.forks - before.forks,
    interrupts: after.interrupts - before.interrupts,
    faults: after.faults - before.faults,
    majorFaults: after.majorFaults - before.majorFaults,
  };
}

export interface ProcessShare {
  readonly name: string;
  readonly ticks: number;
  readonly faults: number;
}

/**
 * What the processes of each name had between two looks; most processor time first, without those that had none. What
 * ended in between is not among them.
 */
export function compareProcesses(
  before: readonly ProcessCounters[],
  after: readonly ProcessCounters[],
): ProcessShare[] {
  const earlier = new Map(before.map((counters) => [counters.pid, counters]));
  const shares = new Map<string, { ticks: number; faults: number }>();
  const add = (name: string, ticks: number, faults: number): void => {
    const share = shares.get(name) ?? { ticks: 0, faults: 0 };
    shares.set(name, { ticks: share.ticks + ticks, faults: share.faults + faults });
  };
  for (const now of after) {
    // A number is given again, to another process, only when all others have been.
    const then = earlier.get(now.pid);
    add(now.name, now.ticks - (then?.ticks ?? 0), now.faults - (then?.faults ?? 0));
  }
  return [...shares]
    .map(([name, share]) => ({ name, ...share }))
    .filter(({ ticks, faults }) => ticks > 0 || faults > 0)
    .sort((a, b) => b.ticks - a.ticks || b.faults - a.faults);
}
