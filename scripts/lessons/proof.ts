/** What the proof of a step says, between processes and in `--json`. */
import { z } from "zod";

export const proofSchema = z.object({
  lesson: z.string(),
  step: z.string(),
  /** `before`, `solution`, `route 1`, `mistake 1`, or `start`. */
  what: z.string(),
  ok: z.boolean(),
  seconds: z.number(),
  /** What went wrong, or the hint that a mistake got. */
  detail: z.string(),
});

export type Proof = Readonly<z.infer<typeof proofSchema>>;
