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

/**
 * Prints the status of the manifest $3 of the repository $2 at the registry $1; without $1, at the hub, which wants a
 * token of anybody.
 */
const ASK_REGISTRY = `
types='application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json'
types="$types, application/vnd.docker.distribution.manifest.v2+json"
types="$types, application/vnd.docker.distribution.manifest.list.v2+json"
host=$1; token=none
if [ -z "$host" ]; then
  host=registry-1.docker.io
  token=$(curl -s -m 10 "http://auth.docker.io/token?service=registry.docker.io&scope=repository:$2:pull" |
    sed -n 's/.*"token": *"\\([^"]*\\)".*/\\1/p')
fi
curl -s -m 10 -o /dev/null -w '%{http_code}' -H "Accept: $types" -H "Authorization: Bearer $token" \\
  "http://$host/v2/$2/manifests/$3"`;

export async function checkRegistry(check: RegistryCheck, round: Round): Promise<Miss | undefined> {
  const { host, repository, tag } = splitReference(check.registry);
  const { stdout } = await round.run("bash", "-c", ASK_REGISTRY, "ask", host ?? "", repository, tag);
  const status = stdout.trim();
  if (status === "" || status === "000")
    return { field: "missing", found: "the registry does not answer", soon: true };
  const there = status === "200";
  if (check.absent === true) return there ? { field: "absent" } : undefined;
  return there ? undefined : { field: "missing", found: status };
}
