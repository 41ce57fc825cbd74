/**
 * What the Docker Engine API answers, as far as it is used here: API 1.41 and later. Fields that are not named stay in
 * the objects as they came (`unknown`). Go writes an empty list or map as null; here it is an empty one.
 */
import { z } from "zod";

/** `schema`, or the empty list or map for null and for a field that is left out. */
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
const count = z.number().int();

export const versionSchema = z.looseObject({
  Version: z.string(),
  ApiVersion: z.string(),
  MinAPIVersion: z.string().optional(),
  Os: z.string(),
  Arch: z.string(),
});

/** One of a container's ports. Without `PublicPort` it is exposed and not published. */
export const portSchema = z.looseObject({
  IP: text,
  PrivatePort: count,
  PublicPort: count.optional(),
  Type: z.string(),
});

const endpointSchema = z.looseObject({
  NetworkID: text,
  IPAddress: text,
  Gateway: text,
  Aliases: listOf(z.string()),
});

export const mountSchema = z.looseObject({
  Type: z.string(),
  Name: z.string().optional(),
  Source: text,
  Destination: z.string(),
  RW: z.boolean().optional(),
});

/** An element of `GET /containers/json`. */
export const containerSummarySchema = z.looseObject({
  Id: z.string(),
  /** Each with a slash before it. */
  Names: listOf(z.string()),
  Image: z.string(),
  ImageID: z.string(),
  Command: text,
  /** Seconds since 1970. */
  Created: z.number(),
  State: z.string(),
  Status: text,
  Ports: listOf(portSchema),
  Labels: mapOf(z.string()),
  Mounts: listOf(mountSchema),
});

/** Of a `null` in a port map: exposed, not published. */
const portBindingsSchema = mapOf(listOf(z.looseObject({ HostIp: text, HostPort: text })));

/** `GET /containers/{id}/json`. */
export const containerSchema = z.looseObject({
  Id: z.string(),
  /** With a slash before it. */
  Name: z.string(),
  Created: z.string(),
  /** The image's id. */
  Image: z.string(),
  Path: text,
  Args: listOf(z.string()),
  RestartCount: count.optional(),
  State: z.looseObject({
    Status: z.string(),
    Running: z.boolean(),
    Paused: z.boolean(),
    Restarting: z.boolean(),
    OOMKilled: z.boolean(),
    ExitCode: count,
    StartedAt: text,
    FinishedAt: text,
    Error: text,
  }),
  Config: z.looseObject({
    Hostname: text,
    User: text,
    Image: text,
    Env: listOf(z.string()),
    Cmd: listOf(z.string()),
    Entrypoint: listOf(z.string()),
    WorkingDir: text,
    Labels: mapOf(z.string()),
    ExposedPorts: mapOf(z.unknown()),
    Tty: z.boolean().optional(),
    OpenStdin: z.boolean().optional(),
  }),
  HostConfig: z.looseObject({
    NetworkMode: text,
    Memory: z.number().optional(),
    MemorySwap: z.number().optional(),
    NanoCpus: z.number().optional(),
    CpuShares: z.number().optional(),
    CpusetCpus: text,
    BlkioWeight: z.number().optional(),
    Privileged: z.boolean().optional(),
    AutoRemove: z.boolean().optional(),
    Binds: listOf(z.string()),
    PortBindings: portBindingsSchema,
    RestartPolicy: z.looseObject({ Name: text, MaximumRetryCount: count.optional() }).optional(),
  }),
  Mounts: listOf(mountSchema),
  NetworkSettings: z.looseObject({
    IPAddress: text,
    Ports: portBindingsSchema,
    Networks: mapOf(endpointSchema),
  }),
});

/** An element of `GET /images/json`. */
export const imageSummarySchema = z.looseObject({
  Id: z.string(),
  RepoTags: listOf(z.string()),
  RepoDigests: listOf(z.string()),
  /** Seconds since 1970. */
  Created: z.number(),
  Size: z.number(),
  Labels: mapOf(z.string()),
});

/** `GET /images/{name}/json`. */
export const imageSchema = z.looseObject({
  Id: z.string(),
  RepoTags: listOf(z.string()),
  RepoDigests: listOf(z.string()),
  Created: text,
  Architecture: z.string(),
  Os: z.string(),
  Size: z.number(),
  Config: z
    .looseObject({
      User: text,
      Env: listOf(z.string()),
      Cmd: listOf(z.string()),
      Entrypoint: listOf(z.string()),
      WorkingDir: text,
      Labels: mapOf(z.string()),
      ExposedPorts: mapOf(z.unknown()),
      Volumes: mapOf(z.unknown()),
    })
    .nullish(),
  RootFS: z.looseObject({ Layers: listOf(z.string()) }),
});

/** An element of `GET /images/{name}/history`: one instruction that made the image. */
export const imageHistorySchema = z.looseObject({
  Id: z.string(),
  CreatedBy: text,
  Comment: text,
  Size: z.number(),
  Tags: listOf(z.string()),
});

export const volumeSchema = z.looseObject({
  Name: z.string(),
  Driver: z.string(),
  Mountpoint: z.string(),
  Scope: text,
  Labels: mapOf(z.string()),
  Options: mapOf(z.string()),
});
export const volumeListSchema = z.looseObject({ Volumes: listOf(volumeSchema) });

/** `GET /networks/{id}`; in the list, `Containers` is empty. */
export const networkSchema = z.looseObject({
  Id: z.string(),
  Name: z.string(),
  Driver: z.string(),
  Scope: text,
  Internal: z.boolean().optional(),
  Labels: mapOf(z.string()),
  Options: mapOf(z.string()),
  IPAM: z.looseObject({ Config: listOf(z.looseObject({ Subnet: text, Gateway: text })) }).optional(),
  Containers: mapOf(z.looseObject({ Name: text, IPv4Address: text, MacAddress: text })),
});

/** A line of `GET /events`. */
export const eventSchema = z.looseObject({
  /** `container`, `image`, `volume`, `network`, `daemon`. */
  Type: z.string(),
  /** `start`, `die`, `pull`; of an exec with its command: `exec_create: sh`. */
  Action: z.string(),
  Actor: z.looseObject({ ID: text, Attributes: mapOf(z.string()) }),
  /** Nanoseconds since 1970, rounded to what a number holds. */
  timeNano: z.number(),
});

export type EngineVersion = z.infer<typeof versionSchema>;
export type ContainerPort = z.infer<typeof portSchema>;
export type ContainerSummary = z.infer<typeof containerSummarySchema>;
export type Container = z.infer<typeof containerSchema>;
export type ImageSummary = z.infer<typeof imageSummarySchema>;
export type Image = z.infer<typeof imageSchema>;
export type ImageHistoryEntry = z.infer<typeof imageHistorySchema>;
export type Volume = z.infer<typeof volumeSchema>;
export type Network = z.infer<typeof networkSchema>;
export type EngineEvent = z.infer<typeof eventSchema>;
