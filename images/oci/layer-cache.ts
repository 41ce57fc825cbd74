/**
 * What recipes made, one folder each: `image.json` and the layer's `chunks/`. The catalogue's stage is made of many
 * recipes, some of which compile for minutes, so that a change in one must not build the others anew.
 *
 *     <cache>/image/<name>/<key>/
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { LAYER_CHUNK_BYTES } from "../../worker/hub/catalogue/catalogue-index";
import { chunkSchema } from "../../contract/manifest";
import { buildAtomically, findCached, pruneStage, waitForOthers } from "../pipeline/cache";
import { ChunkWriter, ZSTD_LEVELS } from "../pipeline/chunk-writer";
import type { DebianInputs } from "../debian/inputs";
import { computeStageKey } from "../pipeline/stage-key";
import type { StageContext } from "../pipeline/stage";
import { libraryNames, refuseMissingLibraries } from "./check-libraries";
import { addFolders, packLayer, sha256 } from "./layer";
import { type BuiltRecipe, buildRecipe, consumerOf, containerConfigSchema, type Recipe } from "./recipe";

const storedSchema = z.object({
  step: z.string(),
  config: containerConfigSchema,
  packages: z.record(z.string(), z.string()),
  /** Names of the shared libraries in this layer and in those below it. */
  libraries: z.array(z.string()),
  layer: z.object({ digest: z.string(), bytes: z.number(), chunks: z.array(chunkSchema) }).optional(),
});

type Stored = z.infer<typeof storedSchema>;

/** A recipe's result, and the folder with its chunks. */
export interface CachedImage extends Stored {
  readonly folder: string;
  /** Names everything that an image on top of this one can see of it. */
  readonly identity: string;
}

/** A layer that another stage made, as a tar, and what goes with it. */
export interface ReadyLayer extends Omit<BuiltRecipe, "entries"> {
  readonly tar: Uint8Array;
}

export interface LayerCacheOptions {
  /** The pipeline's cache. */
  readonly cacheFolder: string;
  readonly context: Pick<StageContext, "say" | "run">;
  readonly debian: DebianInputs;
  /** By the recipe's name: these are not built again. */
  readonly ready: ReadonlyMap<string, ReadyLayer>;
}

/** The code that every recipe is built with. */
const SHARED = [
  "check-libraries.ts",
  "compile-source.ts",
  "layer.ts",
  "layer-cache.ts",
  "recipe.ts",
  "take-files.ts",
  "workshop.ts",
];

export class LayerCache {
  readonly #options: LayerCacheOptions;
  readonly #made = new Map<Recipe, Promise<CachedImage>>();

  constructor(options: LayerCacheOptions) {
    this.#options = options;
  }

  /** What the recipe makes, from the cache or made now, after its base. */
  get(recipe: Recipe): Promise<CachedImage> {
    const known = this.#made.get(recipe);
    if (known !== undefined) return known;
    const made = this.#get(recipe);
    this.#made.set(recipe, made);
    return made;
  }

  async #get(recipe: Recipe): Promise<CachedImage> {
    const { cacheFolder, context, ready, debian } = this.#options;
    const base = recipe.base === undefined ? undefined : await this.get(recipe.base);
    const tar = ready.get(recipe.name)?.tar;
    const key = await computeStageKey(`image ${recipe.name}`, {
      files: [recipe.folder, ...SHARED.map((file) => join(import.meta.dirname, file))],
      values: {
        chunkBytes: String(LAYER_CHUNK_BYTES),
        tar: tar === undefined ? "" : sha256(tar),
        inputs: debian.grade(consumerOf(recipe, false).name),
      },
      stages: base === undefined ? [] : [{ name: "base", key: base.identity }],
    });
    const folder = join(cacheFolder, "image", folderName(recipe));
    await waitForOthers(folder, key, context.say);
    let result = await findCached(folder, key);
    if (result === undefined) {
      context.say(`building ${recipe.name}`);
      result = await buildAtomically(folder, key, async ({ out, work }) => {
        const stored = await this.#build(recipe, base, out, work);
        await writeFile(join(out, "image.json"), JSON.stringify(stored));
      });
      await pruneStage(folder, key);
    }
    const stored = storedSchema.parse(JSON.parse(await readFile(join(result, "image.json"), "utf8")));
    const identity = sha256(JSON.stringify([base?.identity, stored.layer?.digest, stored.libraries]));
    return { ...stored, folder: result, identity };
  }

  async #build(recipe: Recipe, base: CachedImage | undefined, out: string, work: string): Promise<Stored> {
    const { debian } = this.#options;
    const { run } = this.#options.context;
    const below = base?.libraries ?? [];
    const ready = this.#options.ready.get(recipe.name);
    if (ready !== undefined) {
      const { tar, ...settings } = ready;
      return { ...settings, libraries: below, layer: await this.#writeChunks(tar, out, work) };
    }
    const folder = join(work, "recipe");
    await mkdir(folder);
    const material = await debian.material(consumerOf(recipe, false).name, folder, run);
    const { entries, ...settings } = await buildRecipe(recipe, { work: folder, material, run });
    const libraries = [...new Set([...below, ...libraryNames(entries)])].sort();
    await refuseMissingLibraries(entries, new Set(libraries), run);
    if (entries.length === 0) return { ...settings, libraries };
    const { tar } = await packLayer(addFolders(entries));
    return { ...settings, libraries, layer: await this.#writeChunks(tar, out, work) };
  }

  async #writeChunks(tar: Uint8Array, out: string, work: string): Promise<NonNullable<Stored["layer"]>> {
    const folder = join(work, "chunks");
    await mkdir(folder);
    const writer = new ChunkWriter({ out, work: folder, run: this.#options.context.run });
    const chunks = [];
    for (let offset = 0; offset < tar.byteLength; offset += LAYER_CHUNK_BYTES) {
      chunks.push(writer.add(tar.slice(offset, offset + LAYER_CHUNK_BYTES), ZSTD_LEVELS.later));
    }
    await writer.compress();
    return {
      digest: sha256(tar),
      bytes: tar.byteLength,
      chunks: chunks.map((chunk) => writer.describe(chunk)),
    };
  }
}

function folderName({ name }: Recipe): string {
  return name.replaceAll("/", "-");
}
