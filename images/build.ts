/**
 * The image pipeline: recipes in, the guest's kernel, disk and snapshot out. Each stage is cached by its inputs.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { agentStage } from "./agent/stage";
import { fetchInputs } from "./debian/inputs";
import { kernelConsumer, kernelStage } from "./kernel/build";
import { busybox } from "./oci/busybox/recipe";
import { archiveName, imagesStage, layerName, PRELOADED } from "./oci/build";
import { catalogueStage, recipeConsumers } from "./oci/catalogue";
import { defaultCacheFolder } from "./pipeline/cache";
import { ensureHostTools, GUEST_TOOLS } from "./pipeline/host-tools";
import type { Progress } from "./pipeline/progress";
import { createPipeline } from "./pipeline/stage";
import { guestStage } from "./pipeline/guest-stage";
import { diskConsumer, diskStage } from "./rootfs/build";
import { runtimeStage } from "./runtime/stage";
import { coldBootSettings, snapshotStage } from "./snapshot/build";
import { firmwareConsumer, firmwareStage } from "./snapshot/firmware";

/** What the guest is made of: absolute paths in the cache. */
export interface Guest {
  readonly kernel: string;
  readonly disk: string;
  readonly bios: string;
  readonly vgaBios: string;
  /** The folder that the page and `npm run guest` load: `manifest.json`, `catalogue.json` and `chunks/`. */
  readonly folder: string;
}

/** Seconds that each stage usually adds to the whole on two cores, side by side as they are: for the time left. */
const USUAL_SECONDS = { inputs: 60, kernel: 270, disk: 20, catalogue: 60, snapshot: 180 };
const STAGES = 10;

export interface BuildOptions {
  readonly log: Progress;
  /** Asks Debian's mirror anew, even when everything is here. */
  readonly fresh?: boolean;
}

/**
 * Builds what is stale. Host tools that are missing are installed first, or named in one error. Then everything that is
 * taken from Debian is fetched, before anything is compiled.
 *
 * @throws Error whose message is for the person who builds: what failed, the end of its log, the log's path
 */
export async function buildGuest({ log, fresh = false }: BuildOptions): Promise<Guest> {
  const cacheFolder = defaultCacheFolder();
  await ensureHostTools(GUEST_TOOLS, {
    logFile: join(cacheFolder, "logs", "host-tools.log"),
    during: log.during,
  });
  const pipeline = createPipeline({ cacheFolder, progress: log, total: STAGES });
  log.plan(USUAL_SECONDS);

  const consumers = [kernelConsumer, firmwareConsumer, diskConsumer, ...recipeConsumers()];
  const debian = await fetchInputs(pipeline, consumers, { fresh, note: log.note });
  const firmware = await pipeline.run(firmwareStage(debian));
  const agent = await pipeline.run(agentStage);
  const runtime = await pipeline.run(runtimeStage);
  const images = await pipeline.run(imagesStage(debian));

  // The snapshot is what everything waits for, and for long it uses but one processor: the hub's images fill the gaps.
  const [snapshot, catalogue] = await allOrFirstError([
    (async () => {
      const diskInputs = {
        images: PRELOADED.map((recipe) => join(images.folder, archiveName(recipe))),
        template: join(images.folder, layerName(busybox)),
        programs: [join(agent.folder, "drydock-agent"), join(runtime.folder, "drydock-runtime")],
        debian,
      };
      const [kernel, disk] = await allOrFirstError([
        pipeline.run(kernelStage(debian)),
        pipeline.run(diskStage(diskInputs)),
      ]);
      const paths = {
        kernel: join(kernel.folder, "bzImage"),
        disk: join(disk.folder, "disk.img"),
        bios: join(firmware.folder, "bios.bin"),
        vgaBios: join(firmware.folder, "vgabios.bin"),
      };
      const provenance = {
        ...(await readProvenance(kernel.folder, [firmware.folder, disk.folder])),
        losses: debian.losses,
      };
      const stages = [kernel, firmware, disk];
      const built = await pipeline.run(snapshotStage({ paths, stages, provenance }));
      return { built, paths };
    })(),
    pipeline.run(catalogueStage({ preloaded: images, cacheFolder, debian }), { background: true }),
  ]);
  const guest = await pipeline.run(guestStage([snapshot.built, catalogue]));
  return { ...snapshot.paths, folder: guest.folder };
}

/**
 * Builds the hub's catalogue alone.
 *
 * @returns the folder with `catalogue.json` and `chunks/`
 * @throws as `buildGuest` does
 */
export async function buildCatalogue({ log }: { log: Progress }): Promise<string> {
  const cacheFolder = defaultCacheFolder();
  await ensureHostTools(GUEST_TOOLS, {
    logFile: join(cacheFolder, "logs", "host-tools.log"),
    during: log.during,
  });
  const pipeline = createPipeline({ cacheFolder, progress: log, total: 3 });
  const consumers = [kernelConsumer, firmwareConsumer, diskConsumer, ...recipeConsumers()];
  const debian = await fetchInputs(pipeline, consumers, { fresh: false, note: log.note });
  const preloaded = await pipeline.run(imagesStage(debian));
  return (await pipeline.run(catalogueStage({ preloaded, cacheFolder, debian }))).folder;
}

/** Waits for all; the first failure is thrown when the others have ended too, so that no build goes on behind it. */
async function allOrFirstError<A, B>(tasks: readonly [Promise<A>, Promise<B>]): Promise<[A, B]> {
  await Promise.allSettled(tasks);
  return Promise.all(tasks);
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
