/**
 * What a lesson may ask of the machine, as zod schemas. Part of the contract between the page and the worker, as
 * protocol.ts is: lessons are parsed with it, `worker/checks/` answers it. docs/authoring.md explains each field.
 *
 * The kind of a check is the key that names its object: `{ container: "web", state: "running" }`.
 */
import { z } from "zod";

const text = z.string().min(1).max(2000);
const count = z.number().int().min(0);
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** Text for the learner: one string, or one for each language. */
export const localisedSchema = z.union([text, z.strictObject({ "zh-CN": text, en: text })]);
export type Localised = z.infer<typeof localisedSchema>;

/** Where a learner's variable stands in a lesson: `{{port}}`. */
export const PLACEHOLDER = /\{\{([a-z][a-z0-9_-]*)\}\}/gu;

/** A regular expression of JavaScript with the flags `m` and `u`. */
const pattern = text.refine(
  // Variables are filled in before the pattern is used.
  (source) => compilePattern(source.replace(PLACEHOLDER, "x")) !== undefined,
  { error: "not a regular expression" },
);

/** `64m`, `1g`, `512k` or bytes, as Docker writes them: 1k is 1024. */
const size = z.union([
  z.string().regex(/^(\d+(\.\d+)?[bkmg]?|-1|\{\{.+\}\})$/iu, { error: "a size is 64m, 1g or bytes" }),
  count,
]);

const common = {
  /** Names the check in `expect=`; its kind when it has none. */
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/u, { error: "an id has small letters, digits and hyphens" })
    .optional(),
  /** Said in place of the check's own words when it does not hold yet. */
  hint: localisedSchema.optional(),
};

const inspect = z.record(z.string(), scalar);

const mount = z.strictObject({
  target: text,
  type: z.enum(["volume", "bind", "tmpfs"]).optional(),
  /** A volume's name or a folder of the machine. */
  source: text.optional(),
  readonly: z.boolean().optional(),
});

const limits = z.strictObject({
  memory: size.optional(),
  reservation: size.optional(),
  swap: size.optional(),
  cpus: z.number().min(0).optional(),
  quota: z.number().int().optional(),
  period: z.number().int().optional(),
  shares: z.number().int().optional(),
  cpuset: text.optional(),
  blkio: z.number().int().optional(),
  pids: z.number().int().optional(),
});

export const CONTAINER_STATES = ["running", "exited", "created", "paused", "restarting", "absent"] as const;
export const COMPOSE_STATES = ["running", "healthy", "exited", "absent"] as const;

export const checkSchemas = {
  container: z.strictObject({
    /** A name, an id, or `*` for any container that fits. */
    container: text,
    state: z.enum(CONTAINER_STATES).optional(),
    image: text.optional(),
    command: pattern.optional(),
    exit: count.max(255).optional(),
    ports: z
      .array(z.string().regex(/^([^:/]+:)?[^:/]+(\/(tcp|udp))?$/u, { error: "a port is 8080:80 or 80" }))
      .min(1)
      .optional(),
    env: z.record(z.string(), z.string()).optional(),
    labels: z.record(z.string(), z.string()).optional(),
    mounts: z.array(mount).min(1).optional(),
    networks: z.array(text).min(1).optional(),
    restart: z.enum(["no", "always", "on-failure", "unless-stopped"]).optional(),
    /** Runs now, and has ended at least once before. */
    restarted: z.boolean().optional(),
    health: z.enum(["starting", "healthy", "unhealthy"]).optional(),
    oom: z.boolean().optional(),
    limits: limits.optional(),
    logs: pattern.optional(),
    /** Lines of `docker diff`: `A /tmp/x`. */
    changes: z
      .array(z.string().regex(/^[ACD] \//u, { error: "a change is `A /path`, `C /path` or `D /path`" }))
      .min(1)
      .optional(),
    inspect: inspect.optional(),
    ...common,
  }),
  image: z.strictObject({
    image: text,
    absent: z.boolean().optional(),
    /** Another name of the same image. */
    sameAs: text.optional(),
    labels: z.record(z.string(), z.string()).optional(),
    author: pattern.optional(),
    comment: pattern.optional(),
    /** Some line of `docker history` has this. */
    history: pattern.optional(),
    maxSize: size.optional(),
    layers: count.optional(),
    /** An image with which it has its lowest layer in common. */
    sharesLayersWith: text.optional(),
    inspect: inspect.optional(),
    ...common,
  }),
  volume: z.strictObject({
    volume: text,
    absent: z.boolean().optional(),
    driver: text.optional(),
    labels: z.record(z.string(), z.string()).optional(),
    usedBy: z.array(text).min(1).optional(),
    inspect: inspect.optional(),
    ...common,
  }),
  network: z.strictObject({
    network: text,
    absent: z.boolean().optional(),
    driver: text.optional(),
    subnet: text.optional(),
    internal: z.boolean().optional(),
    /** Running containers that are on it. */
    containers: z.array(text).min(1).optional(),
    inspect: inspect.optional(),
    ...common,
  }),
  http: z.strictObject({
    /** Asked inside the machine. */
    http: z.string().regex(/^https?:\/\/\S+$/u, { error: "an address begins with http://" }),
    status: z.number().int().min(100).max(599).optional(),
    contains: text.optional(),
    matches: pattern.optional(),
    headers: z.record(z.string(), pattern).optional(),
    ...common,
  }),
  file: z.strictObject({
    file: z.string().regex(/^(\/|\{\{)/u, { error: "a path begins with /" }),
    /** The container it is in; a volume it is in; else the machine itself. */
    in: text.optional(),
    volume: text.optional(),
    absent: z.boolean().optional(),
    type: z.enum(["file", "folder", "link"]).optional(),
    contains: text.optional(),
    matches: pattern.optional(),
    /** Octal, as of `chmod`: "755". */
    mode: z
      .string()
      .regex(/^[0-7]{3,4}$/u, { error: 'a mode is octal, in quotes: "755"' })
      .optional(),
    /** `user`, or `user:group`, by name or number. */
    owner: text.optional(),
    ...common,
  }),
  registry: z.strictObject({
    /** `registry.drydock.local:5000/team/app:1.0`, or `name/app` for the hub. */
    registry: text,
    absent: z.boolean().optional(),
    ...common,
  }),
  compose: z.strictObject({
    /** The project's name. */
    compose: text,
    services: z.record(z.string(), z.enum(COMPOSE_STATES)).optional(),
    absent: z.boolean().optional(),
    ...common,
  }),
  event: z.strictObject({
    /** What Docker said since the step began: `container start`, `image pull`, `container exec_start`. */
    event: z
      .string()
      .regex(/^[a-z]+ [a-z_-]+$/u, { error: "an event is its type and its action: container start" }),
    /** Attributes of the event's actor (`name`, `image`, `exitCode`, `signal`), as patterns. */
    with: z.record(z.string(), pattern).optional(),
    /** How many times at least; once unless said. */
    times: count.min(1).optional(),
    ...common,
  }),
  shell: z.strictObject({
    /** Run by `bash -c` as root, out of the learner's sight. It must not change anything. */
    shell: text,
    status: count.max(255).optional(),
    contains: text.optional(),
    matches: pattern.optional(),
    /** Seconds. */
    timeout: z.number().min(1).max(120).optional(),
    ...common,
    hint: localisedSchema,
  }),
  answer: z.strictObject({
    /** What the learner wrote into the field of this id (`ask`). */
    answer: z.string().regex(/^[a-z][a-z0-9-]*$/u),
    /** The right answer: a text (case and space do not count), a pattern, or what a command prints. */
    text: text.optional(),
    matches: pattern.optional(),
    shell: text.optional(),
    ...common,
  }),
} as const;

export type CheckKind = keyof typeof checkSchemas;
export const CHECK_KINDS = Object.keys(checkSchemas) as CheckKind[];

type CheckOf = { [Kind in CheckKind]: z.infer<(typeof checkSchemas)[Kind]> };
export type ContainerCheck = CheckOf["container"];
export type ImageCheck = CheckOf["image"];
export type VolumeCheck = CheckOf["volume"];
export type NetworkCheck = CheckOf["network"];
export type HttpCheck = CheckOf["http"];
export type FileCheck = CheckOf["file"];
export type RegistryCheck = CheckOf["registry"];
export type ComposeCheck = CheckOf["compose"];
export type EventCheck = CheckOf["event"];
export type ShellCheck = CheckOf["shell"];
export type AnswerCheck = CheckOf["answer"];
export type Check = CheckOf[CheckKind];

export const checkSchema: z.ZodType<Check> = z.union(Object.values(checkSchemas));

/** The kind of a check: which of the kinds' names is one of its keys. `answer` has a `shell` of its own. */
export function kindOf(check: object): CheckKind | undefined {
  if ("answer" in check) return "answer";
  // `volume` is a field of `file` as well.
  if ("file" in check) return "file";
  return CHECK_KINDS.find((kind) => kind in check);
}

/** The expression of a pattern; undefined when it is none. */
export function compilePattern(source: string): RegExp | undefined {
  try {
    return new RegExp(source, "mu");
  } catch {
    // The caller says where it stands.
    return undefined;
  }
}

const NOT_FIELDS = ["id", "hint", "timeout"];

/** Which fields of a check of this kind can fail: the second half of a hint's code. `missing`: it is not there at all. */
export function hintFields(kind: CheckKind): string[] {
  const own = Object.keys(checkSchemas[kind].shape).filter(
    (key) => key !== kind && !NOT_FIELDS.includes(key),
  );
  const extra: Record<CheckKind, readonly string[]> = {
    container: ["missing"],
    image: ["missing"],
    volume: ["missing"],
    network: ["missing"],
    http: ["refused", "status"],
    file: ["missing"],
    registry: ["missing"],
    compose: ["missing"],
    event: ["missing"],
    shell: ["failed"],
    answer: ["missing", "wrong"],
  };
  return [...new Set([...extra[kind], ...own])];
}

const hintSchema = z.object({
  /** `<the check's id or kind>.<field>`, as in a lesson's `expect=`. */
  code: z.string(),
  kind: z.enum(CHECK_KINDS),
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

/** What the worker is asked: the checks of one step. */
export const checkRequestSchema = z.object({
  /** Comes back with the results: `lesson/step`. */
  step: z.string().max(200),
  checks: z.array(checkSchema).max(50),
  /** What must hold from the step's start to its end. */
  needs: z.array(checkSchema).max(50),
  /** When the step began, in milliseconds since the epoch: events before do not count. */
  sinceMs: z.number().min(0),
  /** The learner's answers by id. */
  answers: z.record(z.string(), z.string().max(2000)),
});
export type CheckRequest = z.infer<typeof checkRequestSchema>;

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
