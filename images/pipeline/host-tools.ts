import { access, constants, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Progress } from "./progress";
import { createToolRunner } from "./run-tool";

/** A program or a file that the build needs, and the Debian package that brings it. */
export interface HostTool {
  /** A command's name, or an absolute path. */
  probe: string;
  package: string;
}

const KERNEL_TOOLS: HostTool[] = [
  { probe: "make", package: "make" },
  { probe: "gcc", package: "gcc" },
  { probe: "/usr/include/stdio.h", package: "libc6-dev" },
  { probe: "flex", package: "flex" },
  { probe: "bison", package: "bison" },
  { probe: "bc", package: "bc" },
  { probe: "perl", package: "perl" },
  { probe: "xz", package: "xz-utils" },
  { probe: "i686-linux-gnu-gcc", package: "gcc-i686-linux-gnu" },
];

/** For our own programs in the guest, which are linked with a static libc, and for the hub's, from Debian's sources. */
const PROGRAM_TOOLS: HostTool[] = [
  { probe: "dpkg-source", package: "dpkg-dev" },
  { probe: "/usr/i686-linux-gnu/include/stdio.h", package: "libc6-dev-i386-cross" },
];

const DISK_TOOLS: HostTool[] = [
  { probe: "mmdebstrap", package: "mmdebstrap" },
  { probe: "arch-test", package: "arch-test" },
  { probe: "gpgv", package: "gpgv" },
  { probe: "mke2fs", package: "e2fsprogs" },
  { probe: "/usr/share/keyrings/debian-archive-keyring.gpg", package: "debian-archive-keyring" },
];

const SNAPSHOT_TOOLS: HostTool[] = [{ probe: "zstd", package: "zstd" }];

export const GUEST_TOOLS: HostTool[] = [...KERNEL_TOOLS, ...PROGRAM_TOOLS, ...DISK_TOOLS, ...SNAPSHOT_TOOLS];

const SYSTEM_FOLDERS = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

async function isThere(probe: string): Promise<boolean> {
  if (probe.startsWith("/")) return (await stat(probe).catch(() => undefined)) !== undefined;
  // mke2fs is in /usr/sbin, which an ordinary user's PATH lacks.
  const folders = [...(process.env["PATH"] ?? "").split(":"), ...SYSTEM_FOLDERS];
  for (const folder of folders.filter(Boolean)) {
    const found = await access(join(folder, probe), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}

/** The tools that are not on this machine. */
export async function findMissingTools(tools: HostTool[]): Promise<HostTool[]> {
  const there = await Promise.all(tools.map((tool) => isThere(tool.probe)));
  return tools.filter((_, index) => there[index] === false);
}

const packagesOf = (tools: HostTool[]): string[] => [...new Set(tools.map((tool) => tool.package))];

/** One message that names everything that is missing, and how to get it. */
export function describeMissingTools(tools: HostTool[]): string {
  const list = tools.map((tool) => `  ${tool.probe} (Debian package ${tool.package})`).join("\n");
  return `These are missing on this machine:\n${list}\nAs root: apt-get install ${packagesOf(tools).join(" ")}`;
}

/**
 * Makes sure that every tool is there: installs the missing ones when this is root on a Debian-like machine.
 *
 * @throws Error that names all of them when they cannot be installed
 */
export async function ensureHostTools(
  tools: HostTool[],
  options: { logFile: string; during: Progress["during"] },
): Promise<void> {
  const missing = await findMissingTools(tools);
  if (missing.length === 0) return;
  const canInstall =
    process.getuid?.() === 0 && (await isThere("apt-get")) && (await isThere("/etc/debian_version"));
  if (!canInstall) throw new Error(describeMissingTools(missing));
  const packages = packagesOf(missing);
  const { run } = createToolRunner(options.logFile);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await options.during(`installing ${packages.join(", ")}`, async () => {
    await run("apt-get", ["update", "-q"], { env });
    await run("apt-get", ["install", "-q", "-y", "--no-install-recommends", ...packages], { env });
  });
  const still = await findMissingTools(tools);
  if (still.length > 0) throw new Error(describeMissingTools(still));
}
