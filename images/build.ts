/**
 * The image pipeline: recipes in, the guest's kernel, disk and snapshot out. Each stage is cached by its inputs.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { kernelStage } from "./kernel/build";
import { imagesStage } from "./oci/build";
import { defaultCacheFolder } from "./pipeline/cache";
import { ensureHostTools, GUEST_TOOLS } from "./pipeline/host-tools";
import type { Progress } from "./pipeline/progress";
import { createPipeline } from "./pipeline/stage";
import { diskStage } from "./rootfs/build";

/** What the guest is made of: absolute paths in the cache. */
export interface Guest {
  kernel: string;
  disk: string;
  provenance: { kernel: string; packages: Record<string, string> };
}

const STAGES = 3;

/**
 * Builds what is stale. Host tools that are missing are installed first, or named in one error.
 *
 * @throws Error whose message is for the person who builds: what failed, the end of its log, the log's path
 */
export async function buildGuest({ log }: { log: Progress }): Promise<Guest> {
  const cacheFolder = defaultCacheFolder();
  await ensureHostTools(GUEST_TOOLS, { logFile: join(cacheFolder, "logs", "host-tools.log"), say: log.note });
  const pipeline = createPipeline({ cacheFolder, progress: log, total: STAGES });

  const kernel = await pipeline.run(kernelStage);
  const images = await pipeline.run(imagesStage);
  const disk = await pipeline.run(diskStage({ images, agent: undefined }));

  const kernelFacts = z
    .object({ package: z.string(), version: z.string() })
    .parse(await readJson(join(kernel.folder, "kernel.json")));
  return {
    kernel: join(kernel.folder, "bzImage"),
    disk: join(disk.folder, "disk.img"),
    provenance: {
      kernel: `${kernelFacts.package} ${kernelFacts.version}`,
      packages: z.record(z.string(), z.string()).parse(await readJson(join(disk.folder, "packages.json"))),
    },
  };
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, "utf8"));
}
