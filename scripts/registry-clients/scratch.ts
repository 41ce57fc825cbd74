/** A folder for what clients write, and the programs that they need. */
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureHostTools, type HostTool } from "../../images/pipeline/host-tools";
import { createProgress } from "../../images/pipeline/progress";

export interface Scratch {
  readonly folder: string;
  remove(): Promise<void>;
}

/** @throws Error that names the programs which are missing and cannot be installed */
export async function openScratch(name: string, tools: readonly HostTool[]): Promise<Scratch> {
  // podman makes image names of paths, so there must be no capital letter in this one.
  const folder = join(tmpdir(), `drydock-${name}-${process.pid}`);
  await mkdir(folder);
  const logFile = join(folder, "apt.log");
  await ensureHostTools([...tools], { logFile, during: createProgress(process.stderr).during });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
