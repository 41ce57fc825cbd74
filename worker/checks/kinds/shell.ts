/** What a command prints. It must not change anything. */
import { z } from "zod";
import { compareText } from "../compare";
import type { Round } from "../round";
import { common, count, localisedSchema, pattern, text } from "../../../contract/check-fields";
import { defineKind } from "./kind";

/** Seconds, unless the check says so. */
export const SHELL_SECONDS = 10;

export const shell = defineKind({
  schema: z.strictObject({
    /** Run by `bash -c` as root, out of the learner's sight. It must not change anything. */
    shell: text,
    status: count.max(255).optional(),
    contains: text.optional(),
    matches: pattern.optional(),
    /** Seconds. */
    timeout: z.number().min(1).max(120).optional(),
    ...common,
    hint: localisedSchema,
  }),
  hints: ["failed"],
  async run(check, round) {
    const { status, stdout } = await runShell(check.shell, check.timeout ?? SHELL_SECONDS, round);
    const wanted = check.status ?? 0;
    if (status !== wanted)
      return { field: "failed", expected: String(wanted), found: String(status), soon: true };
    return compareText(check, stdout);
  },
});

/** A command of `bash`, ended after so many seconds. */
export function runShell(command: string, seconds: number, round: Round): ReturnType<Round["run"]> {
  return round.run("timeout", "--kill-after=1", String(seconds), "bash", "-c", command);
}
