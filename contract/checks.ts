/**
 * What the page and the worker say to each other about a lesson: what a step asks, what comes back, and what is done in
 * the machine on the learner's behalf. The kinds of checks, each with its schema, are in worker/checks/kinds/;
 * docs/authoring.md explains each field.
 */
import { z } from "zod";
import { localisedSchema } from "./check-fields";

const hintSchema = z.object({
  /** `<the check's id or kind>.<field>`, as in a lesson's `expect=`. */
  code: z.string(),
  kind: z.string(),
  field: z.string(),
  /** The thing that was looked at: a container's name, a path, an address. */
  subject: z.string(),
  expected: z.string().optional(),
  found: z.string().optional(),
  /** The lesson's own words. */
  says: localisedSchema.optional(),
});
/** Why a check does not hold yet. The page finds the words. */
export type CheckHint = z.infer<typeof hintSchema>;

const checkResultSchema = z.discriminatedUnion("state", [
  z.object({ state: z.literal("pass") }),
  z.object({ state: z.literal("not-yet"), hint: hintSchema }),
  /** It cannot come true from here: what the step stands on is gone, or Docker does not answer. */
  z.object({ state: z.literal("broken"), reason: z.enum(["needs", "engine"]), hint: hintSchema.optional() }),
]);
export type CheckResult = z.infer<typeof checkResultSchema>;

/** The step's own result, and one for each of its checks, in order; fewer when Docker did not answer. */
export const stepResultSchema = z.object({ step: checkResultSchema, checks: z.array(checkResultSchema) });
export type StepResult = z.infer<typeof stepResultSchema>;

/** What the worker is asked: the checks of one step. It knows their kinds and validates them; the page need not. */
export interface CheckRequest<Check extends object = object> {
  /** Comes back with the results: `lesson/step`. */
  readonly step: string;
  readonly checks: readonly Check[];
  /** What must hold from the step's start to its end. */
  readonly needs: readonly Check[];
  /** When the step began, in milliseconds since the epoch: events before do not count. */
  readonly sinceMs: number;
  /** The learner's answers by id. */
  readonly answers: Readonly<Record<string, string>>;
}

/** What a lesson does in the machine on the learner's behalf, out of sight. */
export const guestActionSchema = z.discriminatedUnion("type", [
  /** Typed into a hidden terminal. `inside`: into the program that runs there; `stays`: it does not end by itself. */
  z.object({
    type: z.literal("run"),
    command: z.string().max(20_000),
    terminal: z.union([z.literal(1), z.literal(2), z.literal(3)]),
    inside: z.boolean(),
    stays: z.boolean(),
  }),
  /** Control characters, one string a key. */
  z.object({
    type: z.literal("keys"),
    bytes: z.array(z.string().min(1).max(16)).max(50),
    terminal: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  }),
  /** Written as root, with its folders. The mode is octal. */
  z.object({
    type: z.literal("file"),
    path: z.string().startsWith("/").max(4096),
    content: z.union([z.string(), z.instanceof(Uint8Array)]),
    mode: z.string().regex(/^[0-7]{3,4}$/u),
  }),
  /** `bash -e` in /root, without a terminal. */
  z.object({ type: z.literal("script"), script: z.string().max(20_000) }),
  /** Ends the hidden terminals and what runs in them. */
  z.object({ type: z.literal("end") }),
]);
export type GuestAction = z.infer<typeof guestActionSchema>;

export interface ActionReport {
  /** Undefined for what goes on, or has no status. */
  readonly status: number | undefined;
  /** The end of what it printed. */
  readonly output: string;
}
