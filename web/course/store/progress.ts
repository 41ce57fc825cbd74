/** What the learner has done and chosen, as it is kept. Each field falls back by itself. */
import { z } from "zod";

const MAX_KEPT = 2000;

const progressSchema = z.object({
  /** `lesson/step`, done. */
  done: z.array(z.string()).max(MAX_KEPT).catch([]),
  /** Where the learner was last. */
  place: z.object({ lesson: z.string(), step: z.string() }).optional().catch(undefined),
  values: z.record(z.string(), z.string()).catch({}),
  /** Whether the lesson is shown. */
  open: z.boolean().catch(false),
  /** Whether commands are folded away. */
  folded: z.boolean().catch(false),
});

export type Progress = Readonly<z.infer<typeof progressSchema>>;

export const NO_PROGRESS: Progress = { done: [], values: {}, open: false, folded: false };

/** Makes progress of whatever was stored. Never throws. */
export function parseProgress(stored: unknown): Progress {
  return progressSchema.safeParse(stored).data ?? NO_PROGRESS;
}
