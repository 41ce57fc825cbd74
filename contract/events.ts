/**
 * What the worker tells the page, one way. One schema is both: the types that the worker emits, and what the page
 * checks. They are built together, but a stale worker script in some cache, or a fault in the worker, must end in a
 * named error and not in a broken page. An event is added here, where it is emitted, and where it is heard.
 */
import { z } from "zod";
import { stepResultSchema } from "./checks";
import { consoleIdSchema } from "./console-id";
import { parseError, serialiseError, type SerialisedError } from "./errors";

const count = z.number().nonnegative();
/** Any value becomes a serialised error: one of unknown shape is `internal` and says so. */
const errorSchema = z.unknown().transform((value): SerialisedError => serialiseError(parseError(value)));

const statusSchema = z.discriminatedUnion("kind", [
  /** Nothing has been asked yet. */
  z.object({ kind: z.literal("idle") }),
  /** Fetching what the prompt needs. `bytes` and `total` count compressed bytes; `cached` of `bytes` were here already. */
  z.object({ kind: z.literal("loading"), bytes: count, total: count, cached: count }),
  /** Filling the machine's memory: `pages` of `total` pages of 4 KiB are in place. */
  z.object({ kind: z.literal("restoring"), pages: count, total: count }),
  /** The machine runs; its agent has not answered yet. */
  z.object({ kind: z.literal("booting") }),
  z.object({ kind: z.literal("ready") }),
  z.object({ kind: z.literal("paused") }),
  /** The machine is not usable. `error` says why; `start` tries again. */
  z.object({ kind: z.literal("failed"), error: errorSchema }),
]);
/** What the machine is doing. One value at a time. */
export type MachineStatus = Readonly<z.infer<typeof statusSchema>>;

const faultSchema = z.object({ error: errorSchema });
/** A disk block that the running guest waits for and that could not be had. The guest stands still until `retryDisk`. */
export type DiskFault = Readonly<z.infer<typeof faultSchema>>;

const registryFailureSchema = z.object({
  /**
   * `full`: there is no room for what is pushed. `unreachable`: an image's data cannot be fetched at the moment.
   * `internal`: anything else.
   */
  kind: z.enum(["full", "unreachable", "internal"]),
  message: z.string(),
});
/**
 * A registry of the machine's network failed for a reason that is not the client's. The terminal shows what Docker makes
 * of it; this is for the page to explain.
 */
export type RegistryFailure = Readonly<z.infer<typeof registryFailureSchema>>;

const noticeSchema = z.discriminatedUnion("kind", [
  /** A tag that exists elsewhere is answered by an image of ours: `image` by `by`, as one would name them. */
  z.object({ kind: z.literal("played"), image: z.string(), by: z.string() }),
  /** The hub does not have `image`; it has `instead`, which may be nothing. */
  z.object({ kind: z.literal("absent"), image: z.string(), instead: z.array(z.string()).readonly() }),
  /** An image was asked for in a variant for `platform`, such as `linux/amd64`; there are others here. */
  z.object({ kind: z.literal("platform"), platform: z.string() }),
]);
/** Something about an image that the terminal does not say, or not in words that a learner knows. */
export type ImageNotice = Readonly<z.infer<typeof noticeSchema>>;

const portSchema = z.object({
  /** In the machine. */
  port: z.number().int().min(1).max(65535),
  /** In the container. */
  containerPort: z.number().int(),
  /** The container's name, without a slash. */
  container: z.string(),
  /** As it was named when the container was made. */
  image: z.string(),
});
/** A port of a container that is published: reachable at `http://localhost:PORT` in the machine. */
export type PublishedPort = Readonly<z.infer<typeof portSchema>>;

const sessionStateSchema = z.discriminatedUnion("kind", [
  /** This machine is not kept: the page has not asked for it. */
  z.object({ kind: z.literal("none") }),
  /** The browser keeps nothing here (a private window). Restore points still work, in memory. */
  z.object({ kind: z.literal("unavailable") }),
  /** Something was done since the last save, or there was none yet (`savedAt` undefined). */
  z.object({ kind: z.literal("unsaved"), savedAt: z.number().optional() }),
  z.object({ kind: z.literal("saving"), savedAt: z.number().optional() }),
  z.object({
    kind: z.literal("saved"),
    sessionId: z.string(),
    savedAt: z.number(),
    /** What the session takes in the browser's storage. */
    bytes: count,
    /** Right after the start: why the last save could not be opened, in whose place the one before was. */
    damage: errorSchema.optional(),
  }),
  /** The last save failed, and the one of `savedAt` stands. */
  z.object({ kind: z.literal("failed"), error: errorSchema, savedAt: z.number().optional() }),
  /** Another tab has taken the session over: this machine runs on and is not kept any more. */
  z.object({ kind: z.literal("taken") }),
]);
/** How the running machine is kept. One value at a time; times are milliseconds since the epoch. */
export type SessionState = Readonly<z.infer<typeof sessionStateSchema>>;

export const eventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("status"), status: statusSchema }),
  /** Bytes that the guest wrote to a console. The buffer is transferred. Answer with `consoles.consumed`. */
  z.object({
    type: z.literal("console"),
    console: consoleIdSchema,
    bytes: z.instanceof(Uint8Array).refine((bytes) => bytes.buffer instanceof ArrayBuffer),
  }),
  /** `fault: undefined` says that the last fault is over. */
  z.object({ type: z.literal("disk-fault"), fault: faultSchema.optional().transform((fault) => fault) }),
  z.object({ type: z.literal("registry-failure"), failure: registryFailureSchema }),
  z.object({ type: z.literal("image-notice"), notice: noticeSchema }),
  /** How the watched step stands, after every look at it. */
  z.object({ type: z.literal("step"), step: z.string(), result: stepResultSchema }),
  /** Bytes of the lazily loaded rest that are here, for "works offline". */
  z.object({ type: z.literal("prefetch"), bytes: count, total: count }),
  /** All the ports that running containers publish, whenever they change. */
  z.object({ type: z.literal("ports"), ports: z.array(portSchema).readonly() }),
  z.object({ type: z.literal("session"), session: sessionStateSchema }),
  /** A save is made of this moment: to be answered with `sessions.pagePart` (contract/sessions.ts). */
  z.object({ type: z.literal("save-mark"), saveId: z.number().int() }),
  /** The machine has gone back: what the terminals have is void, and what they had then follows as their bytes. */
  z.object({ type: z.literal("rewound"), pointId: z.string(), place: z.string().optional() }),
]);
export type MachineEvent = Readonly<z.infer<typeof eventSchema>>;
