/** Fields that several kinds of checks have, and the texts of lessons. */
import { z } from "zod";

export const text = z.string().min(1).max(2000);
export const count = z.number().int().min(0);

/** Text for the learner: one string, or one for each language. */
export const localisedSchema = z.union([text, z.strictObject({ "zh-CN": text, en: text })]);
export type Localised = z.infer<typeof localisedSchema>;

/** Where a learner's variable stands in a lesson: `{{port}}`. */
export const PLACEHOLDER = /\{\{([a-z][a-z0-9_-]*)\}\}/gu;

/** The expression of a pattern; undefined when it is none. */
export function compilePattern(source: string): RegExp | undefined {
  try {
    return new RegExp(source, "mu");
  } catch {
    // The caller says where it stands.
    return undefined;
  }
}

export const CONTAINER_STATES = ["running", "exited", "created", "paused", "restarting", "absent"] as const;

/** A regular expression of JavaScript with the flags `m` and `u`. */
export const pattern = text.refine(
  // Variables are filled in before the pattern is used.
  (source) => compilePattern(source.replace(PLACEHOLDER, "x")) !== undefined,
  { error: "not a regular expression" },
);

/** `64m`, `1g`, `512k` or bytes, as Docker writes them: 1k is 1024. */
export const size = z.union([
  z.string().regex(/^(\d+(\.\d+)?[bkmg]?|-1|\{\{.+\}\})$/iu, { error: "a size is 64m, 1g or bytes" }),
  count,
]);

export const texts = z.record(z.string(), z.string());

/** Single fields of Docker's JSON by their path. */
export const inspect = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

export const common = {
  /** Names the check in `expect=`; its kind when it has none. */
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/u, { error: "an id has small letters, digits and hyphens" })
    .optional(),
  /** Said in place of the check's own words when it does not hold yet. */
  hint: localisedSchema.optional(),
};
