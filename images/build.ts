/**
 * The image pipeline: recipes in, the guest's kernel, disk and snapshot out. Each stage is cached by its inputs.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { agentStage } from "./agent/stage";
import { type DebianInputs, fetchInputs } from "./debian/inputs";
import { kernelConsumer, kernelStage } from "./kernel/build";
import { busybox } from "./oci/busybox/recipe";
import { archiveName, imagesStage, layerName, PRELOADED } from "./oci/build";
import { catalogueStage, recipeConsumers } from "./oci/catalogue";
import { defaultCacheFolder } from "./pipeline/cache";
import { ensureHostTools, GUEST_TOOLS } from "./pipeline/host-tools";
import type { Progress } from "./pipeline/progress";
import { type BuiltStage, createPipeline, type Pipeline } from "./pipeline/stage";
import { guestStage } from "./pipeline/guest-stage";
import { together } from "./pipeline/together";
import { diskConsumer, diskStage } from "./rootfs/build";
import { runtimeStage } from "./runtime/stage";
import { coldBootSettings, type SnapshotInputs, snapshotStage } from "./snapshot/build";
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
/** The first is fetched first. */
const CONSUMERS = [kernelConsumer, firmwareConsumer, diskConsumer, ...recipeConsumers()];

export interface BuildOptions {
  readonly log: Progress;
  /** Asks Debian's mirror anew, even when everything is here. */
  readonly fresh?: boolean;
}

/**
 * Builds what is stale. Host tools that are missing are installed first, or named in one error. Then everything that is
 * taken from Debian is fetched, before anything is compiled but the kernel.
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

  const { snapshot, catalogue, paths } = await buildParts(pipeline, beginInputs(pipeline, { log, fresh }));
  const guest = await pipeline.run(guestStage([snapshot, catalogue]));
  return { ...paths, folder: guest.folder };
}

interface Parts {
  readonly snapshot: BuiltStage;
  readonly paths: SnapshotInputs["paths"];
  readonly catalogue: BuiltStage;
}

/** What takes longest begins first: the kernel, as soon as its source is here. */
async function buildParts(pipeline: Pipeline, inputs: ComingInputs): Promise<Parts> {
  let kernel: Promise<BuiltStage>;
  const [, parts] = await together([
    (signal) => (kernel = buildKernel(pipeline, inputs, signal)),
    async (signal) => buildFromAll(pipeline, { debian: await inputs.all, kernel }, signal),
  ]);
  return parts;
}

async function buildKernel(
  pipeline: Pipeline,
  { first }: ComingInputs,
  signal: AbortSignal,
): Promise<BuiltStage> {
  return pipeline.run(kernelStage(await first), { signal });
}

async function buildFromAll(
  pipeline: Pipeline,
  { debian, kernel }: { debian: DebianInputs; kernel: Promise<BuiltStage> },
  signal: AbortSignal,
): Promise<Parts> {
  const { cacheFolder } = pipeline;
  const firmware = await pipeline.run(firmwareStage(debian), { signal });
  const agent = await pipeline.run(agentStage, { signal });
  const runtime = await pipeline.run(runtimeStage, { signal });
  const images = await pipeline.run(imagesStage(debian), { signal });
  const diskInputs = {
    images: PRELOADED.map((recipe) => join(images.folder, archiveName(recipe))),
    template: join(images.folder, layerName(busybox)),
    programs: [join(agent.folder, "drydock-agent"), join(runtime.folder, "drydock-runtime")],
    debian,
  };
  const buildSnapshot = async (stop: AbortSignal): Promise<Omit<Parts, "catalogue">> => {
    const disk = await pipeline.run(diskStage(diskInputs), { signal: stop });
    const compiled = await kernel;
    const stages = [compiled, firmware, disk];
    const paths = {
      kernel: join(compiled.folder, "bzImage"),
      disk: join(disk.folder, "disk.img"),
      bios: join(firmware.folder, "bios.bin"),
      vgaBios: join(firmware.folder, "vgabios.bin"),
    };
    const provenance = {
      ...(await readProvenance(compiled.folder, [firmware.folder, disk.folder])),
      losses: debian.losses,
    };
    const snapshot = await pipeline.run(snapshotStage({ paths, stages, provenance }), { signal: stop });
    return { snapshot, paths };
  };
  // The kernel keeps every processor busy, and the snapshot, which waits for it, one: the hub's images are made beside that.
  const buildCatalogueBeside = async (stop: AbortSignal): Promise<BuiltStage> => {
    await kernel;
    const stage = catalogueStage({ preloaded: images, cacheFolder, debian });
    return pipeline.run(stage, { background: true, signal: stop });
  };
  const [parts, catalogue] = await together([buildSnapshot, buildCatalogueBeside], signal);
  return { ...parts, catalogue };
}

interface ComingInputs {
  /** The first consumer's, which may be here before all are. */
  readonly first: Promise<DebianInputs>;
  readonly all: Promise<DebianInputs>;
}

function beginInputs(pipeline: Pipeline, { log, fresh }: Required<BuildOptions>): ComingInputs {
  let onFirst: (debian: DebianInputs) => void = () => undefined;
  const early = new Promise<DebianInputs>((resolve) => (onFirst = resolve));
  const all = fetchInputs(pipeline, CONSUMERS, { fresh, note: log.note, onFirst });
  return { first: Promise.race([early, all]), all };
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
  const debian = await fetchInputs(pipeline, CONSUMERS, { fresh: false, note: log.note });
  const preloaded = await pipeline.run(imagesStage(debian));
  return (await pipeline.run(catalogueStage({ preloaded, cacheFolder, debian }))).folder;
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
