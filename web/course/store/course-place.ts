/** Where the learner is in the course, as a saved machine has it. Each field falls back by itself. */
import { z } from "zod";

export const coursePlaceSchema = z.object({
  /** Whether the course is shown. */
  open: z.boolean().catch(false),
  view: z.enum(["contents", "lesson"]).catch("lesson"),
  /** The lesson and its step; a lesson from somewhere else is none. */
  at: z
    .object({ lesson: z.string(), step: z.string(), lessonTitle: z.string(), stepTitle: z.string() })
    .optional()
    .catch(undefined),
  /** What fills the lesson's placeholders. */
  values: z.record(z.string(), z.string()).catch({}),
  answers: z.record(z.string(), z.string()).catch({}),
  hints: z.number().int().min(0).catch(0),
  solution: z.boolean().catch(false),
  /** The machine has been where the step begins. */
  atStep: z.boolean().catch(false),
});

export type CoursePlace = Readonly<z.infer<typeof coursePlaceSchema>>;
