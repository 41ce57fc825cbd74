/** The checks `compose`, `event` and `registry`. */
import { z } from "zod";
import type { ComposeCheck, EventCheck, RegistryCheck } from "../check-spec";
import { finds, splitReference } from "./compare";
import { checkContainer, parseAs } from "./container";
import { summarySchema } from "./container-data";
import type { Miss, Round } from "./doors";

const PROJECT = "com.docker.compose.project";
const SERVICE = "com.docker.compose.service";
const ONE_OFF = "com.docker.compose.oneoff";

export async function checkCompose(check: ComposeCheck, round: Round): Promise<Miss | undefined> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`${PROJECT}=${check.compose}`] }));
  const all = parseAs(summarySchema, await round.json(`/containers/json?all=true&filters=${filters}`));
  const containers = all.filter(({ Labels }) => Labels[ONE_OFF] !== "True");
  if (check.absent === true) return containers.length === 0 ? undefined : { field: "absent" };
  if (containers.length === 0) return { field: "missing" };
  const wanted =
    check.services ??
    Object.fromEntries(containers.map(({ Labels }) => [Labels[SERVICE] ?? "", "running"] as const));
  for (const [service, state] of Object.entries(wanted)) {
    const own = containers.filter(({ Labels }) => Labels[SERVICE] === service);
    if (state === "absent") {
      if (own.length > 0)
        return { field: "services", expected: `${service}: absent`, found: own[0]?.State ?? "" };
      continue;
    }
    if (own.length === 0) return { field: "services", expected: `${service}: ${state}`, found: "absent" };
    for (const { Id } of own) {
      const miss = await checkContainer(
        state === "healthy"
          ? { container: Id, state: "running", health: "healthy" }
          : { container: Id, state },
        round,
      );
      if (miss === undefined) continue;
      const found = miss.found ?? miss.field;
      return { field: "services", expected: `${service}: ${state}`, found, soon: true };
    }
  }
  return undefined;
}

const eventSchema = z.object({
  Type: z.string(),
  Action: z.string(),
  Actor: z.object({ Attributes: z.record(z.string(), z.string()).nullish() }),
});

export async function checkEvent(
  check: EventCheck,
  sinceMs: number,
  round: Round,
): Promise<Miss | undefined> {
  const [type = "", action = ""] = check.event.split(" ");
  const filters = encodeURIComponent(JSON.stringify({ type: [type] }));
  const seconds = (ms: number): string => (ms / 1000).toFixed(3);
  const path = `/events?since=${seconds(sinceMs)}&until=${seconds(round.doors.now())}&filters=${filters}`;
  const text = new TextDecoder().decode(await round.bytes(path));
  let times = 0;
  for (const line of text.split("\n").filter((each) => each.trim() !== "")) {
    const event = parseAs(eventSchema, parseLine(line));
    // `exec_start: sh -c ls` and `health_status: healthy` go on after a colon.
    if (event.Action.split(":")[0] !== action) continue;
    const attributes = event.Actor.Attributes ?? {};
    if (Object.entries(check.with ?? {}).every(([name, pattern]) => finds(pattern, attributes[name] ?? "")))
      times++;
  }
  const wanted = check.times ?? 1;
  if (times >= wanted) return undefined;
  return times === 0
    ? { field: "missing", expected: check.event, soon: true }
    : { field: "times", expected: String(wanted), found: String(times) };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Not an event: `parseAs` says so.
    return undefined;
  }
}

export async function checkRegistry(check: RegistryCheck, round: Round): Promise<Miss | undefined> {
  const { host, repository, tag } = splitReference(check.registry);
  const there = await round.doors.hasManifest(host, repository, tag);
  if (check.absent === true) return there ? { field: "absent" } : undefined;
  return there ? undefined : { field: "missing" };
}
