/** Toy recipes through the cache, written by the real zstd and read back by the hub's own catalogue. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CATALOGUE_FORMAT, LAYER_CHUNK_BYTES } from "../../worker/hub/catalogue/catalogue-index";
import { openChunkedCatalogue } from "../../worker/hub/catalogue/chunked-catalogue";
import { createDecompress } from "../../worker/disk/zstd";
import { DebianInputs } from "../debian/inputs";
import { ChunkFetcher } from "../../worker/disk/chunk-fetcher";
import { digestOfStream } from "../../worker/hub/digest";
import { pattern } from "../../worker/lan/testing/random";
import { chunkFolder } from "../../worker/node/chunk-folder";
import { createToolRunner } from "../pipeline/run-tool";
import { LayerCache, type ReadyLayer } from "./layer-cache";
import { packLayer, type LayerEntry } from "./layer";
import type { Recipe } from "./recipe";

let root: string;
let built: string[];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "drydock-layers-"));
  built = [];
});
afterEach(() => rm(root, { recursive: true }));

async function toy(name: string, entries: LayerEntry[], base?: Recipe): Promise<Recipe> {
  const folder = join(root, "recipes", name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "recipe.ts"), name);
  return {
    name,
    folder,
    tags: ["latest"],
    description: name,
    ...(base === undefined ? {} : { base }),
    build: () => {
      built.push(name);
      return Promise.resolve({ entries, config: { Cmd: [name] }, step: `COPY ${name}`, packages: {} });
    },
  };
}

const nothing = { way: 0, packages: [], tree: [], sources: [], losses: [] };
/** No recipe here takes anything from Debian. */
const supplies = Object.fromEntries(["base", "top", "other"].map((name) => [`image ${name}`, nothing]));

function openCache(ready: ReadonlyMap<string, ReadyLayer> = new Map()): LayerCache {
  const { run } = createToolRunner(join(root, "log"));
  return new LayerCache({
    cacheFolder: join(root, "cache"),
    context: { say: () => undefined, run },
    debian: DebianInputs.of({ supplies, leftOut: {} }, join(root, "cache")),
    ready,
  });
}

const large: LayerEntry = { kind: "file", path: "a/large", content: pattern(1, 2.2 * LAYER_CHUNK_BYTES) };
const small: LayerEntry = { kind: "file", path: "b", content: Buffer.from("b") };

it("makes a layer whose chunks give its tar back", async () => {
  const made = await openCache().get(await toy("base", [large]));
  const layer = made.layer;
  if (layer === undefined) throw new Error("no layer");
  expect(layer.chunks).toHaveLength(3);
  expect((await readdir(join(made.folder, "chunks"))).sort()).toEqual(
    layer.chunks.map(({ sha256 }) => sha256).sort(),
  );
  const digest = layer.digest as `sha256:${string}`;
  const catalogue = await openChunkedCatalogue(
    {
      format: CATALOGUE_FORMAT,
      repositories: [],
      missing: [],
      absent: [],
      manifests: {},
      configs: {},
      layers: { [digest]: layer },
      packages: {},
    },
    { chunks: new ChunkFetcher({ source: chunkFolder(made.folder) }), decompress: await createDecompress() },
  );
  const stream = await catalogue.blob(digest)?.open(0, layer.bytes);
  if (stream === undefined) throw new Error("no blob");
  expect(await digestOfStream(stream, "sha256")).toBe(digest);
});

it("builds a recipe once, and again when its folder or what is below it changes", async () => {
  const recipes = async (content: LayerEntry): Promise<[Recipe, Recipe]> => {
    const base = await toy("base", [content]);
    return [base, await toy("top", [], base)];
  };
  const [base, top] = await recipes(large);
  const first = await openCache().get(top);
  expect([first.layer, first.config, built]).toEqual([undefined, { Cmd: ["top"] }, ["base", "top"]]);
  await openCache().get(top);
  expect(built).toEqual(["base", "top"]);
  await writeFile(join(top.folder, "recipe.ts"), "changed");
  await openCache().get(top);
  expect(built).toEqual(["base", "top", "top"]);
  await writeFile(join(base.folder, "recipe.ts"), "changed without any effect");
  await openCache().get(top);
  expect(built).toEqual(["base", "top", "top", "base"]);
  const [changed, above] = await recipes(small);
  await writeFile(join(changed.folder, "recipe.ts"), "changed with an effect");
  await writeFile(join(above.folder, "recipe.ts"), "changed");
  await openCache().get(above);
  expect(built).toEqual(["base", "top", "top", "base", "base", "top"]);
});

it("takes a layer that is ready as it is", async () => {
  const { digest, tar } = await packLayer([small]);
  const ready = new Map([["base", { tar, config: { Cmd: ["ready"] }, step: "READY", packages: { a: "1" } }]]);
  const made = await openCache(ready).get(await toy("base", [large]));
  expect([made.layer?.digest, made.config, made.step, built]).toEqual([
    digest,
    { Cmd: ["ready"] },
    "READY",
    [],
  ]);
});

it("leaves nothing behind when a program lacks a library", async () => {
  const program: LayerEntry = { kind: "file", path: "sh", content: await readFile("/bin/sh") };
  await expect(openCache().get(await toy("base", [program]))).rejects.toThrow(/sh needs .*libc\.so/);
  expect(await readdir(join(root, "cache/image/base"))).toEqual([]);
});
