/**
 * A row of the tables as a declarative case: what is typed, and what must be seen, in the text and in the state.
 * docs/accept.md shows how to add one.
 */
import { z } from "zod";

/** A string must be there as it is; a regular expression must match. */
const pattern = z.union([z.string().min(1), z.instanceof(RegExp)]);
const patterns = z
  .union([pattern, z.array(pattern)])
  .transform((value) => (Array.isArray(value) ? value : [value]));

/** Seconds after which a step has failed: many times what it takes, for machines that do much else. */
const SECONDS = 240;
const seconds = z.number().positive().default(SECONDS);

/** A command line in a login shell: what it prints, and how it ends. */
const runStep = z.strictObject({
  kind: z.literal("run"),
  command: z.string().min(1),
  user: z.enum(["root", "learner"]).default("root"),
  /** The exit status, or "failure" for any but 0. */
  status: z.union([z.number().int(), z.literal("failure")]).default(0),
  /** In standard output and standard error together. */
  sees: patterns.default([]),
  lacks: patterns.default([]),
  seconds,
});

/** The state of the machine: the standard output of a command that ends with 0, without the last line feed. */
const stateStep = z.strictObject({
  kind: z.literal("state"),
  command: z.string().min(1),
  /** A string is the whole of it. */
  is: z.union([z.string(), z.instanceof(RegExp)]),
  /** Seconds for which the state may be another one: it is asked again until then. */
  within: z.number().nonnegative().default(0),
  seconds,
});

/** A file in the guest. */
const writeStep = z.strictObject({
  kind: z.literal("write"),
  path: z.string().startsWith("/"),
  text: z.string(),
});

export const KEYS = {
  enter: "\r",
  "ctrl-c": "\u0003",
  "ctrl-d": "\u0004",
  "ctrl-p": "\u0010",
  "ctrl-q": "\u0011",
  "ctrl-z": "\u001a",
} as const;

/** Keys on one of the guest's three terminals, where a root shell waits, and what the terminal shows then. */
const typeStep = z.strictObject({
  kind: z.literal("type"),
  on: z.union([z.literal(0), z.literal(1), z.literal(2)]).default(0),
  /** Text without the Enter key. */
  text: z.string().default(""),
  /** Pressed after the text. */
  keys: z.array(z.enum(Object.keys(KEYS) as [keyof typeof KEYS])).default(["enter"]),
  /** One after the other, in what came since the text was typed. Carriage returns and colours are left out. */
  sees: patterns.default([]),
  seconds,
});

/** What a terminal goes on to show without a key. */
const watchStep = z.strictObject({
  kind: z.literal("watch"),
  on: z.union([z.literal(0), z.literal(1), z.literal(2)]).default(0),
  sees: patterns,
  seconds,
});

const stepSchema = z.discriminatedUnion("kind", [runStep, stateStep, writeStep, typeStep, watchStep]);

const caseSchema = z.strictObject({
  /** The row's id in the table. */
  id: z.string(),
  /** Where the true answer of this Docker differs from what the notes say: why. */
  because: z.string().min(20).optional(),
  /** Part of `npm test`: one of each kind. */
  subset: z.boolean().default(false),
  /** Images of the hub that are there before the first step. */
  images: z.array(z.string()).default([]),
  /** Whether e2e/ has a test with `[id]` in its title: the row passes when that passes in Chromium too. */
  page: z.boolean().default(false),
  steps: z.array(stepSchema).min(1),
});

export type Pattern = z.infer<typeof pattern>;
export type Step = z.infer<typeof stepSchema>;
export type StepOf<K extends Step["kind"]> = Extract<Step, { kind: K }>;
export type Case = z.infer<typeof caseSchema>;
/** A case as it is written down. */
export type CaseInput = z.input<typeof caseSchema>;

type Options<K extends Step["kind"], Given extends string> = Omit<
  Extract<z.input<typeof stepSchema>, { kind: K }>,
  "kind" | Given
>;

export const run = (command: string, options: Options<"run", "command"> = {}) =>
  ({ kind: "run", command, ...options }) as const;
export const state = (command: string, is: Pattern, options: Options<"state", "command" | "is"> = {}) =>
  ({ kind: "state", command, is, ...options }) as const;
export const write = (path: string, text: string) => ({ kind: "write", path, text }) as const;
export const type = (text: string, options: Options<"type", "text"> = {}) =>
  ({ kind: "type", text, ...options }) as const;
export const watch = (sees: Pattern | Pattern[], options: Options<"watch", "sees"> = {}) =>
  ({ kind: "watch", sees, ...options }) as const;

/** @throws Error naming the case and the field that is wrong */
export function parseCases(inputs: readonly CaseInput[]): Case[] {
  return inputs.map((input) => {
    const parsed = caseSchema.safeParse(input);
    if (!parsed.success) throw new Error(`case "${input.id}": ${z.prettifyError(parsed.error)}`);
    return parsed.data;
  });
}
