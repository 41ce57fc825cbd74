/**
 * A course as it lies on the site: the contents are one JSON file, and each lesson is one a language. The build writes
 * them (web/build/lessons.ts); the page reads them through these schemas.
 */
import { z } from "zod";
import { checkSchema } from "../../../worker/checks/kinds";
import type { Language } from "../../i18n/language";
import type { Lesson, Route, Step } from "./model";
import { PARENT_TYPES, type Action, type Prose, type ProseNode } from "./prose";
import {
  askSchema,
  bothLanguages,
  courseSchema,
  identifier,
  startSchema,
  variableSchema,
  whenSchema,
} from "./schema";

const terminal = z.literal([1, 2, 3]);
const actionSchema: z.ZodType<Action> = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("run"),
    command: z.string(),
    terminal,
    inside: z.boolean(),
    stays: z.boolean(),
  }),
  z.strictObject({ type: z.literal("file"), path: z.string(), text: z.string(), mode: z.string() }),
  z.strictObject({ type: z.literal("answer"), id: z.string(), text: z.string() }),
  z.strictObject({ type: z.literal("keys"), keys: z.array(z.string()), terminal }),
]);

const proseSchema: z.ZodType<Prose> = z.array(z.lazy(() => nodeSchema));
const nodeSchema: z.ZodType<ProseNode> = z.discriminatedUnion("type", [
  z.strictObject({ type: z.enum(["text", "inlineCode"]), value: z.string() }),
  z.strictObject({ type: z.enum(["break", "thematicBreak"]) }),
  z.strictObject({ type: z.enum(PARENT_TYPES), children: proseSchema }),
  z.strictObject({ type: z.literal("list"), start: z.number().optional(), children: proseSchema }),
  z.strictObject({ type: z.literal("link"), url: z.string(), children: proseSchema }),
  z.strictObject({ type: z.literal("image"), url: z.string(), alt: z.string() }),
  z.strictObject({
    type: z.literal("code"),
    value: z.string(),
    action: actionSchema.optional(),
    output: z.boolean(),
  }),
]);

const routeSchema: z.ZodType<Route> = z.strictObject({ body: proseSchema });

const stepSchema: z.ZodType<Step> = z.strictObject({
  id: identifier,
  title: z.string(),
  line: z.number(),
  rows: z.array(z.string()),
  start: startSchema.optional(),
  needs: z.array(checkSchema),
  checks: z.array(checkSchema),
  asks: z.array(askSchema),
  body: proseSchema,
  hints: z.array(proseSchema),
  solution: routeSchema.optional(),
  routes: z.array(routeSchema),
  mistakes: z.array(
    z.strictObject({
      title: z.string().optional(),
      expect: z.string(),
      when: whenSchema.optional(),
      body: proseSchema,
    }),
  ),
  proved: proseSchema,
});

/** One lesson in one language, translation and original already joined. */
export const compiledLessonSchema: z.ZodType<Lesson> = z.strictObject({
  id: identifier,
  language: z.enum(["zh-CN", "en"]),
  title: z.string(),
  summary: z.string(),
  minutes: z.number().optional(),
  variables: z.array(variableSchema),
  start: startSchema.optional(),
  intro: proseSchema,
  steps: z.array(stepSchema).min(1),
});

/** What the contents say of a lesson without opening it. */
const outlineSchema = z.strictObject({
  title: bothLanguages,
  minutes: z.number().optional(),
  /** The steps' ids, in order. */
  steps: z.array(identifier).min(1),
  /** The lesson's file in each language, beside that of the contents. */
  file: bothLanguages,
});

export const contentsSchema = z.strictObject({
  course: courseSchema,
  /** By the lesson's id. */
  lessons: z.record(identifier, outlineSchema),
});
export type Contents = z.infer<typeof contentsSchema>;

/** A lesson in every language in which the site has it. */
export type LessonVariants = Readonly<Record<Language, Lesson>>;

/** @param fileOf the name of a lesson's file */
export function contentsOf(
  course: Contents["course"],
  lessons: readonly LessonVariants[],
  fileOf: (lesson: Lesson) => string,
): Contents {
  const outline = (lesson: LessonVariants): Contents["lessons"][string] => ({
    title: { "zh-CN": lesson["zh-CN"].title, en: lesson.en.title },
    minutes: lesson["zh-CN"].minutes,
    steps: lesson["zh-CN"].steps.map(({ id }) => id),
    file: { "zh-CN": fileOf(lesson["zh-CN"]), en: fileOf(lesson.en) },
  });
  return {
    course,
    lessons: Object.fromEntries(lessons.map((lesson) => [lesson["zh-CN"].id, outline(lesson)])),
  };
}
