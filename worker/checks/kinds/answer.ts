/** What the learner wrote into a field of the step. */
import { z } from "zod";
import { finds } from "../compare";
import type { Round } from "../round";
import { common, pattern, text } from "../../../contract/check-fields";
import { defineKind } from "./kind";
import { runShell, SHELL_SECONDS } from "./shell";

export const answer = defineKind({
  schema: z.strictObject({
    /** What the learner wrote into the field of this id (`ask`). */
    answer: z.string().regex(/^[a-z][a-z0-9-]*$/u),
    /** The right answer: a text (case and space do not count), a pattern, or what a command prints. */
    text: text.optional(),
    matches: pattern.optional(),
    shell: text.optional(),
    ...common,
  }),
  hints: ["missing", "wrong"],
  async run(check, round) {
    const { answers } = round.asked;
    const given = plain((Object.hasOwn(answers, check.answer) ? answers[check.answer] : undefined) ?? "");
    if (given === "") return { field: "missing" };
    if (check.matches !== undefined)
      return finds(check.matches, given) ? undefined : { field: "wrong", found: given };
    const right = check.text ?? (check.shell === undefined ? "" : await rightAnswer(check.shell, round));
    return plain(right).toLowerCase() === given.toLowerCase() ? undefined : { field: "wrong", found: given };
  },
});

/** What a question's command prints. */
export async function rightAnswer(command: string, round: Round): Promise<string> {
  return plain((await runShell(command, SHELL_SECONDS * 3, round)).stdout);
}

/** Without space at the ends, and any other space as one. */
function plain(text: string): string {
  return text.trim().replace(/\s+/gu, " ");
}
