/** `npm run size`: bytes of every artefact against its budget. Exits with 1 if one is over. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { buildGuest } from "../images/build";
import { createProgress } from "../images/pipeline/progress";
import { type Chunk, manifestSchema } from "../images/manifest";
import { messageOf } from "../worker/errors";
import type { CatalogueIndex } from "../worker/hub/catalogue-index";
import { readCatalogueIndex } from "../worker/node/catalogue-folder";
import { promptBytes } from "../worker/machine/restore";
import { describeImages, isOverBudget, measureImages } from "./image-sizes";
import { buildSite, DIST } from "./site";

const MB = 1_000_000;

interface Row {
  readonly what: string;
  readonly bytes: number;
  /** In bytes; what has none is shown for information. */
  readonly budget?: number;
}

async function listFiles(folder: string): Promise<{ path: string; bytes: number }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path: relative(DIST, path), bytes: (await stat(path)).size };
    }),
  );
}

function sum(chunks: readonly Chunk[]): number {
  return chunks.reduce((total, chunk) => total + chunk.bytes, 0);
}

async function measure(catalogue: CatalogueIndex): Promise<Row[]> {
  const files = await listFiles(DIST);
  const manifestFile = await readFile(join(DIST, "guest/manifest.json"), "utf8");
  const manifest = manifestSchema.parse(JSON.parse(manifestFile));
  const { chunks, ramChunks, hotChunks } = manifest.blocks;
  const bytesUnder = (folder: string): number =>
    files.filter(({ path }) => path.startsWith(folder)).reduce((total, { bytes }) => total + bytes, 0);
  const courseBytes = bytesUnder("assets/course/");
  const appBytes = bytesUnder("") - bytesUnder("guest/") - bytesUnder("licences/") - courseBytes;
  const beforePrompt = appBytes + manifestFile.length + promptBytes(manifest);
  const largest = files.reduce((most, file) => Math.max(most, file.bytes), 0);
  return [
    { what: "app (scripts, styles, the emulator)", bytes: appBytes, budget: 4 * MB },
    { what: "course and lessons, after the prompt", bytes: courseBytes, budget: 1.5 * MB },
    { what: "manifest", bytes: manifestFile.length, budget: 0.5 * MB },
    { what: "RAM of the snapshot", bytes: sum(chunks.slice(0, ramChunks)) },
    { what: "state, maps, firmware", bytes: promptBytes(manifest) - sum(chunks.slice(0, ramChunks)) },
    { what: "downloaded before the prompt", bytes: beforePrompt, budget: 60 * MB },
    {
      what: "fetched in the background afterwards",
      bytes: sum(chunks.slice(ramChunks, hotChunks)),
      budget: 80 * MB,
    },
    { what: "rest of the disk, fetched when read", bytes: sum(chunks.slice(hotChunks)) },
    { what: "the hub's images, fetched when pulled", bytes: catalogueBytes(catalogue), budget: 60 * MB },
    { what: "whole site", bytes: files.reduce((total, file) => total + file.bytes, 0), budget: 400 * MB },
    { what: "largest file", bytes: largest, budget: 20 * MB },
  ];
}

/** Chunks that images share count once. */
function catalogueBytes(catalogue: CatalogueIndex): number {
  const chunks = Object.values(catalogue.layers).flatMap((layer) => layer.chunks);
  return sum([...new Map(chunks.map((chunk) => [chunk.sha256, chunk])).values()]);
}

function print(rows: readonly Row[]): void {
  for (const { what, bytes, budget } of rows) {
    const size = `${(bytes / MB).toFixed(2)} MB`.padStart(11);
    const limit =
      budget === undefined ? "" : ` of ${(budget / MB).toFixed(1)} MB ${bytes > budget ? "OVER" : "ok"}`;
    console.log(`${what.padEnd(40)}${size}${limit}`);
  }
}

try {
  const log = createProgress(process.stderr);
  const guest = await buildGuest({ log });
  await buildSite(guest.folder, log);
  const catalogue = await readCatalogueIndex(join(DIST, "guest"));
  const rows = await measure(catalogue);
  print(rows);
  const images = measureImages(catalogue);
  console.log(`\n${describeImages(images).join("\n")}`);
  for (const { name, why } of catalogue.missing) console.log(`${name.padEnd(30)}left out: ${why}`);
  if (images.some(isOverBudget)) process.exitCode = 1;
  if (rows.some(({ bytes, budget }) => budget !== undefined && bytes > budget)) process.exitCode = 1;
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
