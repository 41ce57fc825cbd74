/**
 * `npx tsx scripts/registry-clients.ts`: real clients against the registry. Without `--url` it serves one itself on a
 * free port of 127.0.0.1, and, when it is root, Docker Hub's face to Docker and Podman in a network of its own.
 *
 *     --url URL               another registry: everything that it must do is asked of it
 *     --username NAME --password WORD   for a registry that wants them
 *     --namespace NAME        what the repositories' names begin with (default clients)
 *     --only GROUP,...        of protocol, skopeo, podman, hub
 *
 * Prints a line for every check and `N passed, N failed`; exits with 0, 1 when one failed, 2 for wrong flags. Clients
 * that are missing are installed when this is root on Debian, and named otherwise.
 */
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureHostTools, type HostTool } from "../images/pipeline/host-tools";
import { createProgress } from "../images/pipeline/progress";
import { messageOf } from "../contract/errors";
import { emptyCatalogue } from "../worker/hub/catalogue/catalogue";
import { createMemoryStorage } from "../worker/hub/storage/memory-store";
import { serve, type RunningServer } from "../worker/hub/node/serve";
import { createPrivateRegistry } from "../worker/hub/profiles";
import { runChecks, type CheckResult } from "./registry-clients/checks";
import { HUB_TOOLS, runHubChecks } from "./registry-clients/hub";
import { podmanChecks } from "./registry-clients/podman";
import { protocolChecks } from "./registry-clients/protocol";
import { makeSamples } from "./registry-clients/samples";
import { skopeoChecks } from "./registry-clients/skopeo";
import type { Target } from "./registry-clients/target";

const USAGE = `usage: npx tsx scripts/registry-clients.ts [--url URL] [--username NAME --password WORD]
                                           [--namespace NAME] [--only GROUP,...]`;

const GROUPS = ["protocol", "skopeo", "podman", "hub"] as const;
type Group = (typeof GROUPS)[number];

const TOOLS: Readonly<Record<Group, readonly HostTool[]>> = {
  protocol: [],
  skopeo: [{ probe: "skopeo", package: "skopeo" }],
  podman: [
    { probe: "podman", package: "podman" },
    { probe: "/etc/containers/policy.json", package: "golang-github-containers-common" },
  ],
  hub: HUB_TOOLS,
};

interface Flags {
  readonly url: URL | undefined;
  readonly credentials: Target["credentials"];
  readonly namespace: string;
  readonly groups: readonly Group[];
}

/** @throws Error whose message says which flag is wrong */
function readFlags(args: readonly string[]): Flags {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { url: text, username: text, password: text, namespace: text, only: text },
  });
  const { url, username, password, namespace = "clients", only } = values;
  if (url !== undefined && !(URL.canParse(url) && /^https?:/.test(url))) throw new Error(`not a URL: ${url}`);
  if ((username === undefined) !== (password === undefined)) {
    throw new Error("--username and --password go together");
  }
  const credentials =
    username === undefined || password === undefined ? undefined : { name: username, password };
  const available = url === undefined ? GROUPS : GROUPS.filter((group) => group !== "hub");
  const names = only === undefined ? available : only.split(",");
  const groups = available.filter((group) => names.includes(group));
  if (groups.length !== names.length) throw new Error(`--only needs some of ${available.join(", ")}`);
  return { url: url === undefined ? undefined : new URL(url), credentials, namespace, groups };
}

async function serveOne(): Promise<RunningServer> {
  const registry = createPrivateRegistry({
    storage: createMemoryStorage(),
    catalogue: emptyCatalogue,
    now: () => Date.now(),
    onFailure: (error) => console.error(error),
  });
  const onError = (error: unknown): void => console.error(error);
  return serve(registry.handle, { host: "127.0.0.1", port: 0, onError });
}

async function runGroups(flags: Flags, target: Target, scratch: string): Promise<CheckResult[]> {
  const samples = await makeSamples(join(scratch, "samples"));
  const results: CheckResult[] = [];
  const print = (line: string): void => console.log(line);
  for (const group of flags.groups) {
    const folder = join(scratch, group);
    if (group === "protocol") results.push(...(await runChecks(protocolChecks(target, samples), print)));
    if (group === "skopeo")
      results.push(...(await runChecks(await skopeoChecks(target, samples, folder), print)));
    if (group === "podman")
      results.push(...(await runChecks(await podmanChecks(target, samples, folder), print)));
    if (group === "hub") results.push(...(await runHubChecks(folder, print)));
  }
  return results;
}

async function run(flags: Flags): Promise<number> {
  // podman makes image names of paths, so there must be no capital letter in this one.
  const scratch = join(tmpdir(), `drydock-clients-${process.pid}`);
  await mkdir(scratch);
  const logFile = join(scratch, "apt.log");
  const tools = flags.groups.flatMap((group) => [...TOOLS[group]]);
  await ensureHostTools(tools, { logFile, during: createProgress(process.stderr).during });
  const server = flags.url === undefined ? await serveOne() : undefined;
  try {
    const url = flags.url ?? new URL(server?.url ?? "");
    const { credentials, namespace } = flags;
    const results = await runGroups(
      flags,
      { url: url.origin, host: url.host, namespace, credentials },
      scratch,
    );
    const failed = results.filter((result) => result.failure !== undefined).length;
    console.log(`${results.length - failed} passed, ${failed} failed`);
    return failed === 0 && results.length > 0 ? 0 : 1;
  } finally {
    await server?.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function main(): Promise<number> {
  let flags: Flags;
  try {
    flags = readFlags(process.argv.slice(2));
  } catch (error) {
    console.error(messageOf(error));
    console.error(USAGE);
    return 2;
  }
  try {
    return await run(flags);
  } catch (error) {
    console.error(messageOf(error));
    return 1;
  }
}

process.exitCode = await main();
