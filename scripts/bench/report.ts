/** What was measured and what could not be, on which machine; said as it comes in. */
import { arch, cpus } from "node:os";
import { messageOf } from "../../contract/errors";
import { type Budget, judge, limitOf } from "../size/budget";
import type { ProfiledStep } from "./profile/profile";
import { formatMeasurement, type Measurement } from "./figure";

export interface Failure {
  readonly figure: string;
  readonly message: string;
}

export class Report {
  readonly measurements: Measurement[] = [];
  readonly failures: Failure[] = [];
  profile: readonly ProfiledStep[] | undefined;
  readonly #budget: Budget;
  readonly #print: (line: string) => void;

  constructor(budget: Budget, print: (line: string) => void) {
    this.#budget = budget;
    this.#print = print;
  }

  add(measurements: readonly Measurement[]): void {
    for (const measurement of measurements) {
      this.measurements.push(measurement);
      this.#print(formatMeasurement(measurement, this.#budget));
    }
  }

  /** Does a part; when it fails, that is noted, and the others go on. */
  async attempt(figure: string, run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      const message = messageOf(error);
      this.failures.push({ figure, message });
      console.error(`${figure}: ${message}`);
    }
  }

  toJson(): object {
    const processors = cpus();
    return {
      date: new Date().toISOString(),
      machine: {
        cpu: processors[0]?.model ?? "unknown",
        cores: processors.length,
        arch: arch(),
        node: process.version,
      },
      measurements: this.measurements.map((measurement) => {
        const limit = limitOf(measurement.name, this.#budget);
        return limit === undefined
          ? measurement
          : { ...measurement, limit, verdict: judge(measurement, this.#budget) };
      }),
      ...(this.profile === undefined ? {} : { profile: this.profile }),
      failures: this.failures,
    };
  }
}
