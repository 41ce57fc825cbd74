/**
 * The image pipeline: recipes in, the guest's kernel, disk and snapshot out. Each stage is cached by its inputs.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { agentStage } from "./agent/stage";
import { kernelStage } from "./kernel/build";
import { busybox } from "./oci/busybox/recipe";
import { archiveName, imagesStage, layerName, PRELOADED } from "./oci/build";
import { catalogueStage } from "./oci/catalogue";
import { defaultCacheFolder } from "./pipeline/cache";
import { ensureHostTools, GUEST_TOOLS } from "./pipeline/host-tools";
import type { Progress } from "./pipeline/progress";
import { createPipeline } from "./pipeline/stage";
import { guestStage } from "./pipeline/guest-stage";
import { diskStage } from "./rootfs/build";
import { coldBootSettings, snapshotStage } from "./snapshot/build";
import { firmwareStage } from "./snapshot/firmware";

/** What the guest is made of: absolute paths in the cache. */
export interface Guest {
  readonly kernel: string;
  readonly disk: string;
  readonly bios: string;
  readonly vgaBios: string;
  /** The folder that the page and `npm run guest` load: `manifest.json`, `catalogue.json` and `chunks/`. */
  readonly folder: string;
}

const STAGES = 8;

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
  const firmware = await pipeline.run(firmwareStage);
  const agent = await pipeline.run(agentStage);
  const images = await pipeline.run(imagesStage);
  const catalogue = await pipeline.run(catalogueStage({ preloaded: images, cacheFolder }));
  const disk = await pipeline.run(
    diskStage({
      images: PRELOADED.map((recipe) => join(images.folder, archiveName(recipe))),
      template: join(images.folder, layerName(busybox)),
      agent: join(agent.folder, "drydock-agent"),
    }),
  );

  const paths = {
    kernel: join(kernel.folder, "bzImage"),
    disk: join(disk.folder, "disk.img"),
    bios: join(firmware.folder, "bios.bin"),
    vgaBios: join(firmware.folder, "vgabios.bin"),
  };
  const stages = [kernel, firmware, disk];
  const snapshot = await pipeline.run(
    snapshotStage({
      paths,
      stages,
      provenance: await readProvenance(kernel.folder, [firmware.folder, disk.folder]),
    }),
  );
  const guest = await pipeline.run(guestStage([snapshot, catalogue]));
  return { ...paths, folder: guest.folder };
}

/**
 * Builds the hub's catalogue alone.
 *
 * @returns the folder with `catalogue.json` and `chunks/`
 * @throws as `buildGuest` does
 */
export async function buildCatalogue({ log }: { log: Progress }): Promise<string> {
  const cacheFolder = defaultCacheFolder();
  await ensureHostTools(GUEST_TOOLS, { logFile: join(cacheFolder, "logs", "host-tools.log"), say: log.note });
  const pipeline = createPipeline({ cacheFolder, progress: log, total: 2 });
  const preloaded = await pipeline.run(imagesStage);
  return (await pipeline.run(catalogueStage({ preloaded, cacheFolder }))).folder;
}

/** What `bootInNode` needs to boot the guest without its snapshot. */
export function coldBootOptions(guest: Guest): Omit<Guest, "folder"> & typeof coldBootSettings {
  const { kernel, disk, bios, vgaBios } = guest;
  return { kernel, disk, bios, vgaBios, ...coldBootSettings };
}

async function readProvenance(
  kernelFolder: string,
  packageFolders: readonly string[],
): Promise<{ kernel: string; packages: Record<string, string> }> {
  const facts = z.object({ package: z.string(), version: z.string() });
  const kernel = facts.parse(await readJson(join(kernelFolder, "kernel.json")));
  const packages: Record<string, string> = {};
  for (const folder of packageFolders) {
    Object.assign(
      packages,
      z.record(z.string(), z.string()).parse(await readJson(join(folder, "packages.json"))),
    );
  }
  return { kernel: `${kernel.package} ${kernel.version}`, packages };
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, "utf8"));
}
