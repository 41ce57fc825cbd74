/**
 * Checks what comes over the events port. Page and worker are built together, but a stale worker script in some cache,
 * or a fault in the worker, must end in a named error and not in a broken page.
 */
import { z } from "zod";
import { stepResultSchema } from "../../contract/checks";
import { DrydockError, parseError, serialiseError, type SerialisedError } from "../../contract/errors";
import type {
  DiskFault,
  MachineEvent,
  MachineStatus,
  PublishedPort,
  RegistryFailure,
} from "../../contract/protocol";

const count = z.number().nonnegative();
/** Any value becomes a serialised error: one of unknown shape is `internal` and says so. */
const errorSchema = z.unknown().transform((value): SerialisedError => serialiseError(parseError(value)));

const statusSchema: z.ZodType<MachineStatus> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("idle") }),
  z.object({ kind: z.literal("loading"), bytes: count, total: count, cached: count }),
  z.object({ kind: z.literal("restoring"), pages: count, total: count }),
  z.object({ kind: z.literal("booting") }),
  z.object({ kind: z.literal("ready") }),
  z.object({ kind: z.literal("paused") }),
  z.object({ kind: z.literal("failed"), error: errorSchema }),
]);

const faultSchema: z.ZodType<DiskFault> = z.object({ error: errorSchema });

const registryFailureSchema: z.ZodType<RegistryFailure> = z.object({
  kind: z.enum(["full", "unreachable", "internal"]),
  message: z.string(),
});

const portSchema: z.ZodType<PublishedPort> = z.object({
  port: z.number().int().min(1).max(65535),
  containerPort: z.number().int(),
  container: z.string(),
  image: z.string(),
});

const eventSchema: z.ZodType<MachineEvent> = z.discriminatedUnion("type", [
  z.object({ type: z.literal("status"), status: statusSchema }),
  z.object({
    type: z.literal("console"),
    console: z.union([z.literal(0), z.literal(1), z.literal(2)]),
    bytes: z.instanceof(Uint8Array).refine((bytes) => bytes.buffer instanceof ArrayBuffer),
  }),
  z.object({ type: z.literal("disk-fault"), fault: faultSchema.optional().transform((fault) => fault) }),
  z.object({ type: z.literal("registry-failure"), failure: registryFailureSchema }),
  z.object({ type: z.literal("prefetch"), bytes: count, total: count }),
  z.object({ type: z.literal("ports"), ports: z.array(portSchema) }),
  z.object({ type: z.literal("step"), step: z.string(), result: stepResultSchema }),
]);

/**
 * Returns `data` as an event of the contract.
 * @throws DrydockError `internal` when it is none.
 */
export function parseEvent(data: unknown): MachineEvent {
  const parsed = eventSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new DrydockError(
    "internal",
    `the machine sent an event of unknown shape: ${z.prettifyError(parsed.error)}`,
  );
}
