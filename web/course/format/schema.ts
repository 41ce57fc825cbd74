/** The YAML parts of a course: course.yaml, a lesson's frontmatter, a step's block. */
import { z } from "zod";
import { compilePattern, localisedSchema, pattern as filledPattern } from "../../../contract/check-fields";
import { checkSchema } from "../../../worker/checks/kinds";

export const identifier = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,60}$/u, { error: "an id has small letters, digits and hyphens" });
const pattern = z
  .string()
  .refine((source) => compilePattern(source) !== undefined, { error: "not a regular expression" });
const script = z.string().min(1).max(20_000);

const startFile = z.strictObject({
  /** Where in the machine. */
  path: z.string().regex(/^\//u, { error: "a path begins with /" }),
  /** A file of the lesson's folder `files/`, or `text`. */
  from: z.string().optional(),
  text: z.string().optional(),
  mode: z
    .string()
    .regex(/^[0-7]{3,4}$/u, { error: 'a mode is octal, in quotes: "755"' })
    .optional(),
});

/** What is done before the learner begins, out of sight. */
export const startSchema = z.strictObject({
  /** `lesson/step`: first all that leads there. */
  after: z
    .string()
    .regex(/^[^/]+\/[^/]+$/u, { error: "after is lesson/step" })
    .optional(),
  files: z.array(startFile).optional(),
  /** Run by `bash -e`. */
  run: script.optional(),
});
export type Start = z.infer<typeof startSchema>;

export const variableSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9_-]*$/u, { error: "a variable has small letters, digits, - and _" }),
  label: localisedSchema,
  default: z.string(),
  /** The whole value must match it. */
  pattern,
});
export type Variable = z.infer<typeof variableSchema>;

export const askSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/u, { error: "an id has small letters, digits and hyphens" }),
  label: localisedSchema,
  text: z.string().min(1).optional(),
  matches: pattern.optional(),
  /** A command that prints the right answer. */
  shell: script.optional(),
  /** With `matches`: an answer that is right, for `lessons:verify`. */
  example: z.string().optional(),
  hint: localisedSchema.optional(),
});
export type Ask = z.infer<typeof askSchema>;

export const stepSchema = z.strictObject({
  id: identifier,
  rows: z.array(z.string()).default([]),
  start: startSchema.optional(),
  needs: z.array(checkSchema).default([]),
  checks: z.array(checkSchema).default([]),
  ask: z.array(askSchema).default([]),
});
export type StepBlock = z.infer<typeof stepSchema>;

/** In a mistake: by what it is told that the learner has made it. */
export const whenSchema = z.strictObject({
  /** A pattern in a command typed since the step began. Variables are filled in first. */
  typed: filledPattern,
});
export type When = z.infer<typeof whenSchema>;

export const translatedStepSchema = z.strictObject({ id: identifier });

export const lessonSchema = z.strictObject({
  title: z.string().min(1).max(120),
  summary: z.string().min(1).max(400),
  minutes: z.number().int().min(1).max(240).optional(),
  /** Of a lesson that is a single file; in a course the file's name says it. */
  language: z.enum(["zh-CN", "en"]).optional(),
  variables: z.array(variableSchema).default([]),
  start: startSchema.optional(),
});

export const translatedLessonSchema = z.strictObject({
  title: z.string().min(1).max(120),
  summary: z.string().min(1).max(400),
});

export const bothLanguages = z.strictObject({ "zh-CN": z.string().min(1), en: z.string().min(1) });

export const courseSchema = z.strictObject({
  title: bothLanguages,
  summary: bothLanguages,
  chapters: z
    .array(z.strictObject({ id: identifier, title: bothLanguages, lessons: z.array(identifier).min(1) }))
    .min(1),
});
export type Course = z.infer<typeof courseSchema>;
