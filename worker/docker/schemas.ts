/**
 * What the Docker Engine API answers (1.41 and later), as far as ports and checks look at it. Go writes an empty text,
 * list or map as null or leaves it out; here it is an empty one.
 */
import { z } from "zod";

function listOf<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullish()
    .transform((list) => list ?? []);
}
function mapOf<T extends z.ZodType>(value: T) {
  return z
    .record(z.string(), value)
    .nullish()
    .transform((map) => map ?? {});
}
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");

/** `GET /containers/json`, and one element of it. */
const summarySchema = z.object({
  Id: z.string(),
  /** Each with a slash before it. */
  Names: listOf(z.string()),
  Image: z.string(),
  State: z.string(),
  Labels: mapOf(z.string()),
  /** Without `PublicPort` a port is exposed and not published. */
  Ports: listOf(z.object({ PrivatePort: z.number(), PublicPort: z.number().optional(), Type: z.string() })),
});
export const summariesSchema = z.array(summarySchema);
export type ContainerSummary = z.infer<typeof summarySchema>;

/** A null in the map: exposed, not published. */
const bindings = mapOf(listOf(z.object({ HostPort: z.string() })));

/** `GET /containers/{id}/json`. */
export const containerSchema = z.object({
  Id: z.string(),
  /** With a slash before it. */
  Name: z.string(),
  /** The image's id. */
  Image: z.string(),
  Path: z.string(),
  Args: listOf(z.string()),
  State: z.object({
    Status: z.string(),
    Running: z.boolean(),
    OOMKilled: z.boolean(),
    ExitCode: z.number(),
    Pid: z.number(),
    StartedAt: z.string(),
    FinishedAt: z.string(),
    Health: z.object({ Status: z.string() }).nullish(),
  }),
  Config: z.object({
    Image: z.string(),
    Env: listOf(z.string()),
    Labels: mapOf(z.string()),
    Tty: z.boolean(),
  }),
  HostConfig: z.object({
    PortBindings: bindings,
    RestartPolicy: z.object({ Name: z.string() }).nullish(),
    Tmpfs: mapOf(z.string()),
    Memory: z.number(),
    MemoryReservation: z.number(),
    MemorySwap: z.number(),
    NanoCpus: z.number(),
    CpuQuota: z.number(),
    CpuPeriod: z.number(),
    CpuShares: z.number(),
    CpusetCpus: z.string(),
    BlkioWeight: z.number(),
    PidsLimit: z.number().nullish(),
  }),
  Mounts: listOf(
    z.object({
      Type: z.string(),
      Name: z.string().optional(),
      Source: z.string().optional(),
      Destination: z.string(),
      RW: z.boolean(),
    }),
  ),
  NetworkSettings: z.object({ Ports: bindings, Networks: mapOf(z.unknown()) }),
  GraphDriver: z.object({ Data: mapOf(z.string()) }).nullish(),
});
export type Container = z.infer<typeof containerSchema>;

/** `GET /images/{name}/json`. */
export const imageSchema = z.object({
  Id: z.string(),
  Size: z.number(),
  Author: text,
  Comment: text,
  Config: z.object({ Labels: mapOf(z.string()) }).nullish(),
  RootFS: z.object({ Layers: listOf(z.string()) }).nullish(),
});

/** `GET /images/{name}/history`: the instructions that made the image. */
export const historySchema = z.array(z.object({ CreatedBy: z.string() }));

export const volumeSchema = z.object({
  Driver: z.string(),
  Mountpoint: z.string(),
  Labels: mapOf(z.string()),
});

export const networkSchema = z.object({
  Driver: z.string(),
  Internal: z.boolean(),
  IPAM: z.object({ Config: listOf(z.object({ Subnet: text })) }).nullish(),
  Containers: mapOf(z.object({ Name: z.string() })),
});

/** A line of `GET /events`. */
export const eventSchema = z.object({
  /** `container`, `image`, `volume`, `network`, `daemon`. */
  Type: z.string(),
  /** `start`, `die`, `pull`; of an exec with its command: `exec_create: sh`. */
  Action: z.string(),
  Actor: z.object({ Attributes: mapOf(z.string()) }),
});
export type EngineEvent = z.infer<typeof eventSchema>;
