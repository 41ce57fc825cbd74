/** What a round of the restore soak was like, and the table of all rounds. */
import { z } from "zod";

/** One restore and what was run in it, as its process tells it in a line of JSON. */
const roundSchema = z.object({
  /** Seconds from nothing to a machine whose Docker answers. */
  restoreSeconds: z.number().nonnegative(),
  /** Seconds of the first `docker run`. */
  runSeconds: z.number().nonnegative(),
  /** Exit status of the first command that failed; 0 if none did. */
  status: z.number().int(),
  /** What the commands printed: nothing, if all is well. */
  output: z.string(),
});

export type Round = z.infer<typeof roundSchema>;

/** A round that ended with a result, or with the reason why there is none. */
export type Outcome = { readonly round: Round } | { readonly problem: string };

export function hasPassed(outcome: Outcome): boolean {
  return "round" in outcome && outcome.round.status === 0 && outcome.round.output === "";
}

/**
 * Reads what a round's process left.
 * @param stdout its standard output, whose last line is the result
 * @param ended how it ended: `status 1`, `signal SIGKILL`; undefined if well
 */
export function readOutcome(stdout: string, stderr: string, ended: string | undefined): Outcome {
  const line = stdout.trim().split("\n").at(-1) ?? "";
  if (ended !== undefined) return { problem: `${ended}: ${lastLine(stderr)}` };
  try {
    return { round: roundSchema.parse(JSON.parse(line)) };
  } catch {
    return { problem: `no result, but: ${line === "" ? lastLine(stderr) : line}` };
  }
}

export const TABLE_HEAD = "round  restore  docker run  result";

/** A line of the table. `number` counts from 1. */
export function formatRow(number: number, outcome: Outcome): string {
  const left = String(number).padStart(5);
  if ("problem" in outcome) return `${left}        -           -  FAILED ${outcome.problem}`;
  const { restoreSeconds, runSeconds, status, output } = outcome.round;
  const result = hasPassed(outcome) ? "ok" : `FAILED status ${status} ${lastLine(output)}`;
  return `${left}${seconds(restoreSeconds, 9)}${seconds(runSeconds, 12)}  ${result.trimEnd()}`;
}

/** The least, the middle and the most of what passed, and the count that the last line of a run gives. */
export function formatSummary(outcomes: readonly Outcome[]): string {
  const rounds = outcomes.flatMap((outcome) =>
    hasPassed(outcome) && "round" in outcome ? [outcome.round] : [],
  );
  const spread = (name: string, values: number[]): string => {
    const sorted = values.sort((a, b) => a - b);
    const [least, middle, most] = [0, sorted.length >> 1, sorted.length - 1].map((index) =>
      (sorted[index] ?? 0).toFixed(1),
    );
    return `${name} ${least} / ${middle} / ${most} s (least / median / most)\n`;
  };
  const figures =
    rounds.length === 0
      ? ""
      : spread(
          "restore   ",
          rounds.map((round) => round.restoreSeconds),
        ) +
        spread(
          "docker run",
          rounds.map((round) => round.runSeconds),
        );
  return `${figures}${rounds.length} passed, ${outcomes.length - rounds.length} failed`;
}

function seconds(value: number, width: number): string {
  return `${value.toFixed(1)} s`.padStart(width);
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
