/** The static site in `dist/`: the app by Vite, and the guest's manifest and chunks beside it. */
import { copyFile, link, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { computeStageKey } from "../../images/pipeline/stage-key";
import type { Progress } from "../../images/pipeline/progress";
import { manifestSchema } from "../../contract/manifest";
import { catalogueChunkNames, parseCatalogueIndex } from "../../worker/hub/catalogue/catalogue-index";
import { chunkNames } from "../../worker/prefetch";
import { publishRelease } from "./release";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const DIST = join(ROOT, "dist");

/** Everything that the app's bundle is made of. */
const SOURCES = ["web", "worker", "contract", "vite.config.ts", "package-lock.json", "tsconfig.base.json"];

/** Builds what is stale of `dist/`. @param guestFolder the folder with the guest's manifest, catalogue and chunks */
export async function buildSite(guestFolder: string, log: Progress): Promise<void> {
  const missing = await readMissing(guestFolder);
  const key = await computeStageKey("site", {
    files: SOURCES.map((path) => join(ROOT, path)),
    values: { missing: JSON.stringify(missing) },
  });
  const stamp = join(DIST, ".key");
  const fresh = (await readFile(stamp, "utf8").catch(() => "")) === key;
  if (!fresh) {
    await rm(stamp, { force: true });
    await log.during("building the app", () =>
      build({
        // We run under tsx, which reads TypeScript; bundled first, the config would warn of each import's missing ".ts".
        configLoader: "native",
        root: join(ROOT, "web"),
        configFile: join(ROOT, "vite.config.ts"),
        logLevel: "warn",
        define: { "import.meta.env.DRYDOCK_MISSING_IMAGES": JSON.stringify(missing) },
      }),
    );
    await writeFile(stamp, key);
  }
  await publishLicences(join(DIST, "licences"));
  await publishGuest(guestFolder, join(DIST, "guest"));
  await publishRelease(DIST);
}

/** The names of the images that the hub of this guest lacks: the lessons say so. */
async function readMissing(guestFolder: string): Promise<string[]> {
  const path = join(guestFolder, "catalogue.json");
  return parseCatalogueIndex(await readFile(path, "utf8"), path).missing.map(({ name }) => name);
}

/** The licences of what the site distributes, as text that every static host shows. */
export async function publishLicences(to: string): Promise<void> {
  const from = join(ROOT, "licences");
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from))
    await copyFile(join(from, name), join(to, name.replace(/\.md$/, ".txt")));
  await copyFile(join(ROOT, "LICENSE"), join(to, "drydock.txt"));
}

/**
 * Puts the guest's files where the site serves them from, and removes those of an older guest. The manifest and the
 * catalogue's index come last: a site that is being updated is at every moment whole.
 */
export async function publishGuest(from: string, to: string): Promise<void> {
  const manifest = await readFile(join(from, "manifest.json"), "utf8");
  const catalogue = await readFile(join(from, "catalogue.json"), "utf8");
  const names = new Set([
    ...chunkNames(manifestSchema.parse(JSON.parse(manifest))),
    ...catalogueChunkNames(parseCatalogueIndex(catalogue, join(from, "catalogue.json"))),
  ]);
  const chunks = join(to, "chunks");
  await mkdir(chunks, { recursive: true });
  const present = new Set(await readdir(chunks));
  for (const name of names) {
    if (!present.has(name)) await linkOrCopy(join(from, "chunks", name), join(chunks, name));
  }
  await writeFile(join(to, "catalogue.json"), catalogue);
  await writeFile(join(to, "manifest.json"), manifest);
  for (const name of present) {
    if (!names.has(name)) await rm(join(chunks, name));
  }
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch {
    // Another file system. A copy that is broken off must not be taken for a chunk by the next run.
    await copyFile(from, `${to}.part`);
    await rename(`${to}.part`, to);
  }
}
