/** A container: its state first of all, then what it was made with. */
import { z } from "zod";
import { parseAs } from "../../docker/engine";
import { containerPath, containersPath, imagePath } from "../../docker/paths";
import { containerSchema, summariesSchema, type Container } from "../../docker/schemas";
import { compareInspect, compareRecord, finds, parseSize, same, wholeReference } from "../compare";
import type { Miss, Round } from "../round";
import {
  common,
  CONTAINER_STATES,
  count,
  inspect,
  pattern,
  size,
  text,
  texts,
} from "../../../contract/check-fields";
import { defineKind } from "./kind";

/** A container counts as running once it has stayed up for so long, in milliseconds: one that crashes does not. */
const UP_MS = 2000;
/** Of `*`, so many containers are looked at, the newest first. */
const MOST_CONTAINERS = 30;
const CHANGE_KINDS = ["C", "A", "D"];

type Look = (container: Container, raw: unknown) => Miss | undefined | Promise<Miss | undefined>;

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

const schema = z.strictObject({
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
  env: texts.optional(),
  labels: texts.optional(),
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
});
type ContainerCheck = z.infer<typeof schema>;

export const container = defineKind({
  schema,
  hints: ["missing"],
  async run(check, round) {
    const looks = looksOf(check, round);
    if (check.container === "*") return checkAny(check, looks, round);
    const raw = await round.json(containerPath(check.container));
    if (raw === undefined) return check.state === "absent" ? undefined : { field: "missing" };
    if (check.state === "absent") {
      return { field: "state", expected: "absent", found: parseAs(containerSchema, raw).State.Status };
    }
    return (await firstMiss(looks, raw)).miss;
  },
});

/** The first container that fits; else why the nearest does not. */
async function checkAny(
  check: ContainerCheck,
  looks: readonly Look[],
  round: Round,
): Promise<Miss | undefined> {
  const summaries = parseAs(summariesSchema, await round.json(containersPath()));
  // What says which container is meant; when not even that fits, no container is meant.
  const naming = [check.image, check.command].filter((field) => field !== undefined).length;
  let nearest: { depth: number; miss: Miss } = { depth: 0, miss: { field: "missing" } };
  for (const { Id } of summaries.slice(0, MOST_CONTAINERS)) {
    const raw = await round.json(containerPath(Id));
    if (raw === undefined) continue;
    const { depth, miss } = await firstMiss(looks, raw);
    if (miss === undefined) {
      if (check.state !== "absent") return undefined;
      return { field: "state", expected: "absent", found: parseAs(containerSchema, raw).State.Status };
    }
    if (depth >= naming && depth + 1 > nearest.depth) nearest = { depth: depth + 1, miss };
  }
  return check.state === "absent" ? undefined : nearest.miss;
}

async function firstMiss(
  looks: readonly Look[],
  raw: unknown,
): Promise<{ depth: number; miss: Miss | undefined }> {
  const container = parseAs(containerSchema, raw);
  for (const [depth, look] of looks.entries()) {
    const miss = await look(container, raw);
    if (miss !== undefined) return { depth, miss };
  }
  return { depth: looks.length, miss: undefined };
}

/** One look a field, those that say which container is meant first. */
function looksOf(check: ContainerCheck, round: Round): Look[] {
  const looks: Look[] = [];
  const when = <Value>(
    value: Value | undefined,
    look: (value: Value, container: Container) => Miss | undefined | Promise<Miss | undefined>,
  ): void => {
    if (value !== undefined) looks.push((container) => look(value, container));
  };
  when(check.image, (image, container) => lookAtImage(image, container, round));
  when(check.command, (command, { Path, Args }) => {
    const found = [Path, ...Args].join(" ");
    return finds(command, found) ? undefined : { field: "command", expected: command, found };
  });
  when(check.state === "absent" ? undefined : check.state, (state, container) =>
    lookAtState(state, container, round.doors.now()),
  );
  when(check.exit, (exit, { State }) => same("exit", exit, State.ExitCode));
  when(check.oom, (oom, { State }) => same("oom", oom, State.OOMKilled));
  when(check.restarted, (restarted, { State }) =>
    same("restarted", restarted, State.Running && !State.FinishedAt.startsWith("0001-")),
  );
  when(check.health, (health, { State }) => {
    const found = State.Health?.Status ?? "none";
    return found === health ? undefined : { field: "health", expected: health, found, soon: true };
  });
  when(check.ports, lookAtPorts);
  when(check.env, (env, { Config }) => compareRecord("env", env, envRecord(Config.Env)));
  when(check.labels, (labels, { Config }) => compareRecord("labels", labels, Config.Labels));
  when(check.mounts, (mounts, container) => {
    const missing = mounts.find((mount) => !hasMount(container, mount));
    if (missing === undefined) return undefined;
    const expected = [
      missing.type,
      missing.source,
      missing.target,
      missing.readonly === true ? "ro" : undefined,
    ];
    const found = container.Mounts.map(
      ({ Name, Source, Destination }) => `${Name ?? Source ?? ""}:${Destination}`,
    );
    return { field: "mounts", expected: expected.filter(Boolean).join(":"), found: found.join(", ") };
  });
  when(check.networks, (networks, { NetworkSettings }) => {
    const found = Object.keys(NetworkSettings.Networks);
    const missing = networks.find((name) => !found.includes(name));
    return missing === undefined
      ? undefined
      : { field: "networks", expected: missing, found: found.join(", ") };
  });
  when(check.restart, (restart, { HostConfig }) =>
    same(
      "restart",
      restart,
      HostConfig.RestartPolicy?.Name === "" ? "no" : (HostConfig.RestartPolicy?.Name ?? "no"),
    ),
  );
  when(check.limits, lookAtLimits);
  when(check.changes, async (changes, { Id }) => {
    const raw = await round.json(containerPath(Id, "changes"));
    const found = Array.isArray(raw) ? raw.map(changeLine) : [];
    const missing = changes.find((change) => !found.includes(change));
    return missing === undefined ? undefined : { field: "changes", expected: missing, soon: true };
  });
  when(check.logs, async (logs, { Id, Config }) => {
    const bytes = await round.bytes(containerPath(Id, "logs?stdout=true&stderr=true&tail=200"));
    return finds(logs, logText(bytes, Config.Tty))
      ? undefined
      : { field: "logs", expected: logs, soon: true };
  });
  looks.push((_container, raw) => compareInspect(check.inspect, raw));
  return looks;
}

async function lookAtImage(image: string, container: Container, round: Round): Promise<Miss | undefined> {
  const found = container.Config.Image;
  if (wholeReference(found) === wholeReference(image)) return undefined;
  const raw = await round.json(imagePath(image));
  const sameImage = typeof raw === "object" && raw !== null && "Id" in raw && raw.Id === container.Image;
  return sameImage ? undefined : { field: "image", expected: image, found };
}

function lookAtState(state: string, container: Container, now: number): Miss | undefined {
  const { Status, StartedAt } = container.State;
  // `docker create` and then nothing is "created"; Docker calls what it is removing "removing" or "dead".
  if (Status !== state) {
    return {
      field: "state",
      expected: state,
      found: Status,
      soon: Status === "restarting" || Status === "removing",
    };
  }
  if (state !== "running" || now - Date.parse(StartedAt) >= UP_MS) return undefined;
  return { field: "state", expected: state, found: "starting", soon: true };
}

function lookAtPorts(ports: readonly string[], container: Container): Miss | undefined {
  const published = [container.NetworkSettings.Ports, container.HostConfig.PortBindings].flatMap((bindings) =>
    Object.entries(bindings).flatMap(([inner, outer]) =>
      outer.map(({ HostPort }) => ({ inner, outer: HostPort })),
    ),
  );
  for (const port of ports) {
    const [address = "", protocol = "tcp"] = port.split("/");
    const inner = `${address.split(":").at(-1) ?? ""}/${protocol}`;
    const outer = address.includes(":") ? address.split(":")[0] : undefined;
    if (published.some((each) => each.inner === inner && (outer === undefined || each.outer === outer)))
      continue;
    const found = [...new Set(published.map((each) => `${each.outer}:${each.inner.replace("/tcp", "")}`))];
    return { field: "ports", expected: port, found: found.join(", ") };
  }
  return undefined;
}

type Mount = NonNullable<ContainerCheck["mounts"]>[number];

function hasMount({ Mounts, HostConfig }: Container, wanted: Mount): boolean {
  const target = wanted.target;
  if ((wanted.type ?? "tmpfs") === "tmpfs" && Object.hasOwn(HostConfig.Tmpfs, target)) return true;
  return Mounts.some(
    ({ Type, Name, Source, Destination, RW }) =>
      Destination === target &&
      (wanted.type === undefined || Type === wanted.type) &&
      (wanted.source === undefined || Name === wanted.source || Source === wanted.source) &&
      (wanted.readonly === undefined || RW !== wanted.readonly),
  );
}

function lookAtLimits(
  limits: NonNullable<ContainerCheck["limits"]>,
  { HostConfig }: Container,
): Miss | undefined {
  const bytes = (size: string | number | undefined): number | undefined =>
    size === undefined ? undefined : parseSize(size);
  const pairs: [string, string | number | undefined, string | number | null | undefined][] = [
    ["memory", bytes(limits.memory), HostConfig.Memory],
    ["reservation", bytes(limits.reservation), HostConfig.MemoryReservation],
    ["swap", bytes(limits.swap), HostConfig.MemorySwap],
    ["cpus", limits.cpus, HostConfig.NanoCpus / 1e9],
    ["quota", limits.quota, HostConfig.CpuQuota],
    ["period", limits.period, HostConfig.CpuPeriod],
    ["shares", limits.shares, HostConfig.CpuShares],
    ["cpuset", limits.cpuset, HostConfig.CpusetCpus],
    ["blkio", limits.blkio, HostConfig.BlkioWeight],
    ["pids", limits.pids, HostConfig.PidsLimit],
  ];
  for (const [name, expected, found] of pairs) {
    if (expected === undefined || expected === found) continue;
    return { field: "limits", expected: `${name}=${expected}`, found: `${name}=${found ?? 0}` };
  }
  return undefined;
}

function envRecord(env: readonly string[]): Record<string, string> {
  return Object.fromEntries(env.map((line) => [line.split("=")[0] ?? "", line.slice(line.indexOf("=") + 1)]));
}

function changeLine(change: unknown): string {
  if (typeof change !== "object" || change === null || !("Path" in change) || !("Kind" in change)) return "";
  return `${CHANGE_KINDS[Number(change.Kind)] ?? "?"} ${String(change.Path)}`;
}

/** Bytes of a container's log as text: without a terminal every piece has a head of 8 bytes (Engine API, "attach"). */
function logText(bytes: Uint8Array, tty: boolean): string {
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
