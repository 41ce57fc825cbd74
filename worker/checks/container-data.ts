/** What the Engine API says about a container, as far as checks look. Fields that are null are empty. */
import { z } from "zod";

const record = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});
const bindings = z
  .record(z.string(), z.array(z.object({ HostPort: z.string() })).nullable())
  .nullish()
  .transform((value) => value ?? {});

export const containerSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  Image: z.string(),
  Path: z.string(),
  Args: z.array(z.string()).nullish(),
  State: z.object({
    Status: z.string(),
    Running: z.boolean(),
    Paused: z.boolean(),
    Restarting: z.boolean(),
    OOMKilled: z.boolean(),
    ExitCode: z.number(),
    Pid: z.number(),
    StartedAt: z.string(),
    FinishedAt: z.string(),
    Health: z.object({ Status: z.string() }).nullish(),
  }),
  Config: z.object({
    Image: z.string(),
    Env: z.array(z.string()).nullish(),
    Labels: record,
    Tty: z.boolean(),
  }),
  HostConfig: z.object({
    PortBindings: bindings,
    RestartPolicy: z.object({ Name: z.string() }).nullish(),
    Tmpfs: record,
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
  Mounts: z
    .array(
      z.object({
        Type: z.string(),
        Name: z.string().optional(),
        Source: z.string().optional(),
        Destination: z.string(),
        RW: z.boolean(),
      }),
    )
    .nullish(),
  NetworkSettings: z.object({ Ports: bindings, Networks: z.record(z.string(), z.unknown()).nullish() }),
  GraphDriver: z.object({ Data: record }).nullish(),
});
export type ContainerData = z.infer<typeof containerSchema>;

export const summarySchema = z.array(
  z.object({
    Id: z.string(),
    Names: z.array(z.string()).nullish(),
    Labels: record,
    State: z.string(),
  }),
);

/** Bytes of a container's log as text: without a terminal every piece has a head of 8 bytes (Engine API, "attach"). */
export function logText(bytes: Uint8Array, tty: boolean): string {
  const decoder = new TextDecoder();
  if (tty) return decoder.decode(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = "";
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = view.getUint32(at + 4);
    text += decoder.decode(bytes.subarray(at + 8, at + 8 + length), { stream: true });
    at += 8 + length;
  }
  return text;
}
