/** podman, with its storage in a scratch folder and no container ever run. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { HostTool } from "../../images/pipeline/host-tools";
import { Client } from "./command";

export const PODMAN: readonly HostTool[] = [
  { probe: "podman", package: "podman" },
  { probe: "/etc/containers/policy.json", package: "golang-github-containers-common" },
];

/** podman with everything that it writes inside `scratch`. */
export async function makePodman(
  scratch: string,
  { env = {}, inside = [] }: { env?: Readonly<Record<string, string>>; inside?: readonly string[] } = {},
): Promise<Client> {
  await mkdir(join(scratch, "run"), { recursive: true });
  const authFile = join(scratch, "auth.json");
  await writeFile(authFile, "{}");
  const flags = ["--root", join(scratch, "root"), "--runroot", join(scratch, "runroot")];
  const settings = ["--storage-driver", "vfs", "--events-backend", "none", "--cgroup-manager", "cgroupfs"];
  const own = { HOME: scratch, XDG_RUNTIME_DIR: join(scratch, "run"), REGISTRY_AUTH_FILE: authFile };
  return new Client([...inside, "podman", ...flags, ...settings], { env: { ...own, ...env } });
}
