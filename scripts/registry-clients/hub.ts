/**
 * Docker and Podman against Docker Hub's face. Both insist on the names and the TLS of the real one, so this runs in
 * namespaces of its own (mount, network, processes): there the names lead to 127.0.0.1, no other address exists, and
 * everything ends with it. Needs root.
 */
import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import type { HostTool } from "../../images/pipeline/host-tools";
import { defaultCacheFolder } from "../../images/pipeline/cache";
import { formatResult, type CheckResult } from "./checks";
import { runCommand } from "./command";

export const HUB_TOOLS: readonly HostTool[] = [
  { probe: "podman", package: "podman" },
  { probe: "openssl", package: "openssl" },
  { probe: "ip", package: "iproute2" },
  { probe: "iptables", package: "iptables" },
];

/** Docker's engine is only unpacked: installing its package would start a daemon on this machine. */
const DOCKER_PACKAGES = ["docker.io", "docker-cli", "containerd", "runc"];

const resultSchema = z.object({
  client: z.string(),
  name: z.string(),
  failure: z.string().optional(),
  seconds: z.number(),
});

export async function runHubChecks(scratch: string, print: (line: string) => void): Promise<CheckResult[]> {
  if (process.getuid?.() !== 0) {
    print("the hub's checks make namespaces, which takes root: not run");
    return [];
  }
  await mkdir(scratch, { recursive: true });
  const docker = await unpackDocker(print);
  const root = join(import.meta.dirname, "../..");
  const program = [process.execPath, "--import", "tsx", join(import.meta.dirname, "hub-network.ts")];
  const isolate = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--"];
  const child = spawn("unshare", [...isolate, ...program, scratch], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, PATH: `${docker}/usr/bin:${docker}/usr/sbin:${process.env["PATH"] ?? ""}` },
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve(status ?? 1));
  });
  const results: CheckResult[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const parsed = resultSchema.parse(JSON.parse(line));
    const result = { ...parsed, failure: parsed.failure };
    print(formatResult(result));
    results.push(result);
  }
  const status = await ended;
  if (status !== 0)
    results.push({ client: "hub", name: "the namespaces", failure: `exited with ${status}`, seconds: 0 });
  return results;
}

/** The folder with Docker's programs under `usr/`. */
async function unpackDocker(print: (line: string) => void): Promise<string> {
  const folder = join(defaultCacheFolder(), "clients", "docker");
  if ((await runCommand(["test", "-x", join(folder, "usr/sbin/dockerd")])).status === 0) return folder;
  print(`unpacking Docker's engine into ${folder}`);
  await mkdir(folder, { recursive: true });
  const known = await runCommand(["apt-cache", "pkgnames"]);
  const names = new Set(known.stdout.split("\n"));
  const packages = DOCKER_PACKAGES.filter((name) => names.has(name));
  await must(["apt-get", "-o", "APT::Sandbox::User=root", "download", ...packages], folder);
  await must(["sh", "-ec", 'for deb in *.deb; do dpkg-deb -x "$deb" .; rm "$deb"; done'], folder);
  return folder;
}

async function must(command: readonly string[], cwd: string): Promise<void> {
  const { status, output } = await runCommand(command, { cwd });
  if (status !== 0) throw new Error(`${command.join(" ")}: ${output.trim()}`);
}
