/** What a learner types in the first minutes. The browser, the peer and the profile run the same. */
import { median } from "./median";
import type { Measurement } from "./figure";

export interface Step {
  /** What its seconds are counted under: steps of one name are repetitions. */
  readonly name: string;
  readonly command: string;
}

const PS = "docker ps";
const RUN = "docker run --rm busybox echo hi";
const BUILD = "printf 'FROM busybox\\nRUN echo hi >/hi\\n' | docker build -q --no-cache -";

/** @param runs how often a container is run, 1 or more */
export function planFirstMinute(runs: number): Step[] {
  const later = Array.from({ length: runs - 1 }, () => ({ name: "run-later", command: RUN }));
  return [
    { name: "ps-first", command: PS },
    { name: "ps-later", command: PS },
    { name: "ps-later", command: PS },
    { name: "run-first", command: RUN },
    ...later,
    { name: "build-first", command: BUILD },
    { name: "build-later", command: BUILD },
    { name: "ps-last", command: PS },
  ];
}

/** Seconds by the steps' names, in the order in which they were measured. */
export type SecondsByName = Readonly<Record<string, readonly number[]>>;

/** A median for each name with what it is the median of; of later runs also the slowest, alone and against the median. */
export function describeSeconds(figure: string, seconds: SecondsByName, where: string): Measurement[] {
  const measurements: Measurement[] = [];
  for (const [name, values] of Object.entries(seconds)) {
    const all = values.map((value) => value.toFixed(1)).join(", ");
    const note = values.length === 1 ? where : `median of ${all}`;
    measurements.push({ name: `${figure}-${name}`, value: median(values), unit: "s", note });
    if (name !== "run-later") continue;
    const slowest = Math.max(...values);
    measurements.push(
      { name: `${figure}-run-slowest`, value: slowest, unit: "s", note: `of ${values.length} later runs` },
      {
        name: `${figure}-run-spread`,
        value: slowest / median(values),
        unit: "ratio",
        note: "the slowest later run against their median",
      },
    );
  }
  return measurements;
}
