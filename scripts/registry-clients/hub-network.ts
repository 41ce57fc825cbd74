/**
 * Docker Hub's face for clients that insist on the names and the TLS of the real one. It is served in namespaces of its
 * own (mount, network, processes): there the names lead to 127.0.0.1, no other address exists, and everything ends with
 * them.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { HostTool } from "../../images/pipeline/host-tools";
import { openScratch } from "./scratch";

const TOOLS: readonly HostTool[] = [
  { probe: "openssl", package: "openssl" },
  { probe: "ip", package: "iproute2" },
  { probe: "iptables", package: "iptables" },
];

/** The private registry beside it, on ports 5000 and, with little room, 5001. */
export const PRIVATE_NAME = "registry.drydock.local";

export interface HubNetwork {
  /** For what the clients write. */
  readonly scratch: string;
  /** The certificate to trust, as a file. */
  readonly authority: string;
  /** What a command line begins with to run in the namespaces. */
  readonly inside: readonly string[];
  readonly close: () => Promise<void>;
}

/** @throws Error unless this is root, and when the servers do not start */
export async function openHubNetwork(name: string, tools: readonly HostTool[] = []): Promise<HubNetwork> {
  if (process.getuid?.() !== 0) throw new Error("Docker Hub's names take namespaces, and those take root");
  const scratch = await openScratch(name, [...TOOLS, ...tools]);
  const program = [process.execPath, "--import", "tsx", join(import.meta.dirname, "serve-hub.ts")];
  const isolate = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--"];
  const child = spawn("unshare", [...isolate, ...program, scratch.folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const close = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
    await scratch.remove();
  };
  const authority = await Promise.race([
    once(child.stdout, "data").then(([line]) => String(line).trim()),
    ended.then(() => undefined),
  ]);
  if (authority === undefined) {
    await close();
    throw new Error("the servers of Docker Hub's face did not start");
  }
  const pid = (await readFile(`/proc/${child.pid}/task/${child.pid}/children`, "utf8")).trim();
  const inside = ["nsenter", "--target", pid, "--mount", "--net", "--pid", "--"];
  return { scratch: scratch.folder, authority, inside, close };
}
