/** What a module of the bench is: it runs something real and says what it took. */
import type { Machine, MachineOptions } from "../../worker/machine/machine";

export interface Measurement {
  /** Unique in the report; lower case with hyphens, the figure's name first: `pull-nginx-base-absent`. */
  readonly name: string;
  readonly value: number;
  readonly unit: "s" | "ms" | "MiB/s" | "MiB" | "bytes" | "count" | "ratio";
  /** What it should be, in the same unit. */
  readonly goal?: { readonly atMost: number } | { readonly atLeast: number };
  /** Whatever helps to read it: what was run, how much of it. */
  readonly note?: string;
}

export interface BenchContext {
  /** The built guest: `manifest.json`, `catalogue.json` and `chunks/`. */
  readonly guestFolder: string;
  /** A restored machine with the guest's catalogue in its registries; the figure destroys it. */
  readonly openMachine: (options?: MachineOptions) => Promise<Machine>;
  readonly say: (text: string) => void;
  /** How often what is repeated is repeated. */
  readonly runs: number;
  /** How many times slower the browser shall be. */
  readonly throttle: number;
}

export interface Figure {
  readonly name: string;
  /** For `--list`: one line. */
  readonly about: string;
  /** @throws Error when it cannot be measured; the others are measured all the same */
  readonly run: (context: BenchContext) => Promise<readonly Measurement[]>;
}

/** Whether the goal is met; undefined without one. */
export function meetsGoal({ value, goal }: Measurement): boolean | undefined {
  if (goal === undefined) return undefined;
  return "atMost" in goal ? value <= goal.atMost : value >= goal.atLeast;
}

/** One line for people. */
export function formatMeasurement(measurement: Measurement): string {
  const { name, value, unit, goal, note } = measurement;
  const number = Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : 1);
  const wanted = goal && ("atMost" in goal ? `at most ${goal.atMost}` : `at least ${goal.atLeast}`);
  const verdict =
    wanted === undefined ? "" : ` (${meetsGoal(measurement) === true ? "ok" : "MISSED"}: ${wanted})`;
  return `${name}: ${number} ${unit}${verdict}${note === undefined ? "" : ` - ${note}`}`;
}
