/** Bytes of every artefact of the site in `dist/`, as figures with the names of the budget. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { type Chunk, manifestSchema } from "../../contract/manifest";
import type { CatalogueIndex } from "../../worker/hub/catalogue/catalogue-index";
import { promptBytes } from "../../worker/machine/restore";
import { readCatalogueIndex } from "../../worker/node/catalogue-folder";
import { type Budget, findOver, formatLimit, formatValue, limitOf, type Measured } from "./budget";
import { type ImageSize, imageFigure, measureImages } from "./image-sizes";
import { DIST } from "../site/site";

export interface SizeFigure extends Measured {
  readonly unit: "bytes";
  /** What it is of. */
  readonly what: string;
}

export interface SiteSizes {
  readonly figures: readonly SizeFigure[];
  readonly images: readonly ImageSize[];
  readonly catalogue: CatalogueIndex;
}

/** The service worker, what it and the installer read, and the worker behind "offline use". */
const FOR_OFFLINE = /^install\/|^(sw\.js|release\.json|app\..*\.webmanifest)$|^assets\/offline-main-/u;

interface SiteFile {
  readonly path: string;
  readonly bytes: number;
}

/** The sizes of what `buildSite` has left. */
export async function measureSite(): Promise<SiteSizes> {
  const catalogue = await readCatalogueIndex(join(DIST, "guest"));
  return { figures: await measureFiles(catalogue), images: measureImages(catalogue), catalogue };
}

/** All that a budget is asked about. */
export function allSizes({ figures, images }: Pick<SiteSizes, "figures" | "images">): Measured[] {
  return [...figures, ...images.map(imageFigure)];
}

/** A line for each size that is more than its budget, and for each image that has none: a new one needs one. */
export function findTooLarge(sizes: Pick<SiteSizes, "figures" | "images">, budget: Budget): string[] {
  const over = findOver(allSizes(sizes), budget).map(({ name, value, unit }) => {
    const limit = limitOf(name, budget);
    return `${name}: ${formatValue(value, unit)}${limit === undefined ? "" : `, ${formatLimit(limit)}`}`;
  });
  const unknown = sizes.images
    .map(imageFigure)
    .filter(({ name }) => limitOf(name, budget) === undefined)
    .map(
      ({ name, value, unit }) => `${name}: ${formatValue(value, unit)}, and budget.json has no limit for it`,
    );
  return [...over, ...unknown];
}

async function listFiles(folder: string): Promise<SiteFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path: relative(DIST, path), bytes: (await stat(path)).size };
    }),
  );
}

function sum(chunks: readonly { readonly bytes: number }[]): number {
  return chunks.reduce((total, chunk) => total + chunk.bytes, 0);
}

async function measureFiles(catalogue: CatalogueIndex): Promise<SizeFigure[]> {
  const files = await listFiles(DIST);
  const manifestFile = await readFile(join(DIST, "guest/manifest.json"), "utf8");
  const manifest = manifestSchema.parse(JSON.parse(manifestFile));
  const { chunks, ramChunks, hotChunks } = manifest.blocks;
  const isForOffline = ({ path }: SiteFile): boolean => FOR_OFFLINE.test(path);
  const isOfApp = (file: SiteFile): boolean =>
    !/^(guest|licences|assets\/course)\//.test(file.path) && !isForOffline(file);
  const app = files.filter(isOfApp);
  const ram = sum(chunks.slice(0, ramChunks));
  const appParts = (extension: string): number => sum(app.filter(({ path }) => path.endsWith(extension)));
  const figures: [name: string, what: string, value: number][] = [
    ["size-app", "app (scripts, styles, the emulator)", sum(app)],
    ["size-app-scripts", "of it, scripts", appParts(".js")],
    ["size-app-emulator", "of it, the emulator", appParts(".wasm")],
    [
      "size-course",
      "course and lessons, after the prompt",
      sum(files.filter(({ path }) => path.startsWith("assets/course/"))),
    ],
    ["size-offline", "offline use and installing, after the prompt", sum(files.filter(isForOffline))],
    ["size-manifest", "manifest", manifestFile.length],
    ["size-ram", "RAM of the snapshot", ram],
    ["size-state", "state, maps, firmware, compiled code", promptBytes(manifest) - ram],
    ["size-prompt", "downloaded before the prompt", sum(app) + manifestFile.length + promptBytes(manifest)],
    ["size-background", "fetched in the background afterwards", sum(chunks.slice(ramChunks, hotChunks))],
    ["size-disk-rest", "rest of the disk, fetched when read", sum(chunks.slice(hotChunks))],
    ["size-hub", "the hub's images, fetched when pulled", catalogueBytes(catalogue)],
    ["size-site", "whole site", sum(files)],
    ["size-largest-file", "largest file", files.reduce((most, { bytes }) => Math.max(most, bytes), 0)],
  ];
  return figures.map(([name, what, value]) => ({ name, what, value, unit: "bytes" }));
}

/** Chunks that images share count once. */
function catalogueBytes(catalogue: CatalogueIndex): number {
  const chunks: Chunk[] = Object.values(catalogue.layers).flatMap((layer) => layer.chunks);
  return sum([...new Map(chunks.map((chunk) => [chunk.sha256, chunk])).values()]);
}
