/** What a module of the bench is: it runs something real and says what it took. */
import type { Machine, MachineOptions } from "../../worker/machine/machine";
import { type Budget, formatLimit, formatValue, judge, limitOf, type Measured } from "../size/budget";

/**
 * Its name is unique in the report: lower case with hyphens, the figure's name first, as in `pull-nginx-base-absent`.
 * What it should be is in budget.json.
 */
export interface Measurement extends Measured {
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
  /** How many times slower the browser, and the peer, shall be. */
  readonly throttle: number;
}

export interface Figure {
  readonly name: string;
  /** For `--list`: one line. */
  readonly about: string;
  /** @throws Error when it cannot be measured; the others are still measured */
  readonly run: (context: BenchContext) => Promise<readonly Measurement[]>;
}

/** One line for people. */
export function formatMeasurement(measurement: Measurement, budget: Budget): string {
  const { name, value, unit, note } = measurement;
  const limit = limitOf(name, budget);
  const verdict = limit === undefined ? "" : ` (${judge(measurement, budget)}: ${formatLimit(limit)})`;
  return `${name}: ${formatValue(value, unit)}${verdict}${note === undefined ? "" : ` - ${note}`}`;
}
