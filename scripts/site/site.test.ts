import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Chunk } from "../../contract/manifest";
import { nameChunk } from "../../worker/disk/testing/chunk-box";
import { sampleManifest } from "../../worker/disk/testing/sample-manifest";
import { CATALOGUE_FORMAT, type CatalogueIndex } from "../../worker/hub/catalogue/catalogue-index";
import { pattern } from "../../worker/lan/testing/random";
import { publishGuest, publishLicences } from "./site";

let root: string;
let to: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "drydock-site-"));
  to = join(root, "dist/guest");
});
afterEach(() => rm(root, { recursive: true }));

const LAYER_SEED = 77;

function catalogueOf(chunk: Chunk): CatalogueIndex {
  const digest = `sha256:${"0".repeat(64)}` as const;
  const layers = { [digest]: { bytes: 100, chunks: [chunk] } };
  const empty = { repositories: [], missing: [], absent: [], manifests: {}, configs: {}, packages: {} };
  return { format: CATALOGUE_FORMAT, ...empty, layers };
}

/** A guest's folder with a catalogue of one layer, and whose state is chunks with these contents. */
async function makeGuest(
  name: string,
  seeds: readonly number[],
): Promise<{ folder: string; names: string[] }> {
  const folder = join(root, name);
  await mkdir(join(folder, "chunks"), { recursive: true });
  const chunks = seeds.map((seed) => nameChunk(pattern(seed * 1000, 100)));
  for (const [index, { sha256 }] of chunks.entries()) {
    await writeFile(join(folder, "chunks", sha256), pattern((seeds[index] ?? 0) * 1000, 100));
  }
  const manifest = sampleManifest({ state: { bytes: 100 * seeds.length, chunks } });
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
  const layer = nameChunk(pattern(LAYER_SEED, 100));
  await writeFile(join(folder, "chunks", layer.sha256), pattern(LAYER_SEED, 100));
  await writeFile(join(folder, "catalogue.json"), JSON.stringify(catalogueOf(layer)));
  return { folder, names: [...chunks, layer].map(({ sha256 }) => sha256).sort() };
}

const published = async (): Promise<string[]> => (await readdir(join(to, "chunks"))).sort();
const manifestOf = (folder: string): Promise<string> => readFile(join(folder, "manifest.json"), "utf8");
const catalogueText = (folder: string): Promise<string> => readFile(join(folder, "catalogue.json"), "utf8");

describe("publishGuest", () => {
  it("puts the manifest, the catalogue and every chunk of both into a folder that was not there", async () => {
    const { folder, names } = await makeGuest("a", [1, 2, 3]);
    await publishGuest(folder, to);
    expect(await published()).toEqual(names);
    expect(await manifestOf(to)).toBe(await manifestOf(folder));
    expect(await catalogueText(to)).toBe(await catalogueText(folder));
    for (const name of names) {
      expect(await readFile(join(to, "chunks", name))).toEqual(await readFile(join(folder, "chunks", name)));
    }
  });

  it("changes nothing the second time", async () => {
    const { folder, names } = await makeGuest("a", [1, 2]);
    await publishGuest(folder, to);
    await publishGuest(folder, to);
    expect(await published()).toEqual(names);
  });

  it("adds what is new, keeps what is shared, and removes what the older guest left", async () => {
    await publishGuest((await makeGuest("a", [1, 2, 3])).folder, to);
    await writeFile(join(to, "chunks", "half-copied.part"), "");
    const { folder, names } = await makeGuest("b", [3, 4]);
    await publishGuest(folder, to);
    expect(await published()).toEqual(names);
    expect(await manifestOf(to)).toBe(await manifestOf(folder));
  });

  it("leaves the older guest whole when the newer one lacks a chunk", async () => {
    const older = await makeGuest("a", [1, 2]);
    await publishGuest(older.folder, to);
    const { folder } = await makeGuest("b", [3, 4]);
    await rm(join(folder, "chunks", nameChunk(pattern(4000, 100)).sha256));
    await expect(publishGuest(folder, to)).rejects.toThrow("ENOENT");
    expect(await manifestOf(to)).toBe(await manifestOf(older.folder));
    expect(await published()).toEqual(expect.arrayContaining(older.names));
  });

  it("refuses a manifest that is not one", async () => {
    const { folder } = await makeGuest("a", [1]);
    await writeFile(join(folder, "manifest.json"), '{"format":1}');
    await expect(publishGuest(folder, to)).rejects.toThrow();
    await expect(readdir(to)).rejects.toThrow("ENOENT");
  });

  it.each(["", '{"format":1}', '{"format":2}'])("refuses the catalogue %j", async (text) => {
    const { folder } = await makeGuest("a", [1]);
    await writeFile(join(folder, "catalogue.json"), text);
    await expect(publishGuest(folder, to)).rejects.toMatchObject({ name: "DrydockError" });
    await expect(readdir(to)).rejects.toThrow("ENOENT");
  });
});

describe("publishLicences", () => {
  it("puts every licence beside the site, as text", async () => {
    const folder = join(root, "licences");
    await publishLicences(folder);
    const names = await readdir(folder);
    expect(names).toEqual(
      expect.arrayContaining(["GPL-2.txt", "README.txt", "drydock.txt", "npm.txt", "v86.txt"]),
    );
    expect(names.filter((name) => !name.endsWith(".txt"))).toEqual([]);
    expect(await readFile(join(folder, "drydock.txt"), "utf8")).toContain("MIT");
  });
});
