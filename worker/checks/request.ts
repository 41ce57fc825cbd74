/** Checks what the page asks the worker to look at. */
import { z } from "zod";
import type { CheckRequest } from "../../contract/checks";
import { checkSchema, type Check } from "./kinds";

/** A request whose checks are known kinds. */
export type StepRequest = CheckRequest<Check>;

export const checkRequestSchema = z.object({
  step: z.string().max(200),
  checks: z.array(checkSchema).max(50),
  needs: z.array(checkSchema).max(50),
  sinceMs: z.number().min(0),
  answers: z.record(z.string(), z.string().max(2000)),
}) satisfies z.ZodType<StepRequest>;
