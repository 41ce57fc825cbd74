/** The catalogue's stage: every image of the hub, as `catalogue.json` and the `chunks/` of its layers. */
import { link, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CATALOGUE_FORMAT,
  catalogueIndexSchema,
  type CatalogueIndex,
} from "../../worker/hub/catalogue/catalogue-index";
import { type Digest, isDigest } from "../../worker/hub/names";
import type { DebianInputs } from "../debian/inputs";
import type { Consumer } from "../debian/wants";
import type { BuiltStage, Stage } from "../pipeline/stage";
import { createImageBuilder, layerName, parsePreloaded, PRELOADED } from "./build";
import { encodeImage, MEDIA, type Image } from "./image";
import { sha256, type LayerDescriptor } from "./layer";
import { type CachedImage, LayerCache, type ReadyLayer } from "./layer-cache";
import { PLAYED_TAGS, sayPlayed } from "./played-tags";
import { consumerOf, type Recipe } from "./recipe";
import { ABSENT, repositoryName, SHELF, type ShelfEntry } from "./shelf";

export interface CatalogueInputs {
  /** The stage of the images that are in the guest from the start: the catalogue has the very same ones. */
  readonly preloaded: BuiltStage;
  readonly cacheFolder: string;
  readonly debian: DebianInputs;
}

/** Every recipe's wants, each once. Those that the guest has from the start must be had. */
export function recipeConsumers(): Consumer[] {
  const recipes = new Set([...PRELOADED, ...SHELF.map(({ recipe }) => recipe)]);
  return [...recipes].map((recipe) => consumerOf(recipe, PRELOADED.includes(recipe)));
}

/** The name of the image, itself or one under it, that was left out. */
function findLeftOut(recipe: Recipe, leftOut: Readonly<Record<string, string>>): string | undefined {
  if (leftOut[consumerOf(recipe, false).name] !== undefined) return recipe.name;
  return recipe.base === undefined ? undefined : findLeftOut(recipe.base, leftOut);
}

export function catalogueStage({ preloaded, cacheFolder, debian }: CatalogueInputs): Stage {
  const grades = SHELF.map(({ recipe }) => debian.grade(consumerOf(recipe, false).name));
  return {
    name: "catalogue",
    inputs: {
      files: [
        import.meta.dirname,
        join(import.meta.dirname, "../../worker/hub/catalogue/catalogue-index.ts"),
      ],
      stages: [preloaded],
      values: { inputs: JSON.stringify([grades, debian.leftOut]) },
    },
    async build(context) {
      const { out, say, progress } = context;
      await mkdir(join(out, "chunks"));
      const cache = new LayerCache({
        cacheFolder,
        context,
        debian,
        ready: await readPreloaded(preloaded.folder),
      });
      const layers = new Map<string, CachedImage>();
      const make = createImageBuilder<LayerDescriptor>(async (recipe) => {
        const image = await cache.get(recipe);
        if (image.layer !== undefined) layers.set(image.layer.digest, image);
        return { config: image.config, step: image.step, packages: image.packages, layer: image.layer };
      });
      const entries = SHELF.filter(({ recipe }) => findLeftOut(recipe, debian.leftOut) === undefined);
      const images: Image[] = [];
      for (const { recipe } of entries) {
        images.push(await make(recipe));
        progress(images.length / (entries.length + 1));
      }
      say("writing the index");
      for (const { folder, layer } of layers.values()) {
        for (const { sha256: name } of layer?.chunks ?? []) await linkOnce(folder, out, name);
      }
      const described = describeCatalogue(entries, images, layers);
      const index = catalogueIndexSchema.parse({ ...described, missing: describeMissing(debian.leftOut) });
      await writeFile(join(out, "catalogue.json"), JSON.stringify(index));
    },
  };
}

/** The images of the shelf that this build lacks, and why. */
export function describeMissing(leftOut: Readonly<Record<string, string>>): CatalogueIndex["missing"] {
  return SHELF.flatMap(({ recipe }) => {
    const cause = findLeftOut(recipe, leftOut);
    if (cause === undefined) return [];
    const why =
      cause === recipe.name
        ? "Debian's mirror did not have its packages when this site was built"
        : `it stands on ${cause}, whose packages Debian's mirror did not have when this site was built`;
    return [{ name: repositoryName(recipe), why }];
  });
}

async function readPreloaded(folder: string): Promise<Map<string, ReadyLayer>> {
  const images = parsePreloaded(await readFile(join(folder, "images.json"), "utf8"));
  const ready = new Map<string, ReadyLayer>();
  for (const recipe of PRELOADED) {
    const image = images.get(recipe.name);
    if (image === undefined) throw new Error(`the stage of the preloaded images has no ${recipe.name}`);
    const { step, config, packages } = image;
    ready.set(recipe.name, { step, config, packages, tar: await readFile(join(folder, layerName(recipe))) });
  }
  return ready;
}

/** Two layers may have a chunk in common. */
async function linkOnce(folder: string, out: string, name: string): Promise<void> {
  try {
    await link(join(folder, "chunks", name), join(out, "chunks", name));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

/**
 * The index of these images; `entries` and `images` go in pairs, one for each repository.
 * @throws Error when a layer is not among `layers`
 */
export function describeCatalogue(
  entries: readonly ShelfEntry[],
  images: readonly Image[],
  layers: ReadonlyMap<string, Pick<CachedImage, "layer">>,
): CatalogueIndex {
  const index: CatalogueIndex = {
    format: CATALOGUE_FORMAT,
    repositories: [],
    missing: [],
    absent: ABSENT.map(({ name, instead }) => ({
      name: repositoryName({ name }),
      instead: instead.map((each) => repositoryName({ name: each })),
    })),
    manifests: {},
    configs: {},
    layers: {},
    packages: {},
  };
  for (const [position, image] of images.entries()) {
    const entry = entries[position];
    if (entry === undefined) throw new RangeError(`no entry for ${image.name}`);
    for (const layer of image.layers) {
      const stored = layers.get(layer.digest)?.layer;
      if (stored === undefined) throw new Error(`nobody made the layer ${layer.digest} of ${image.name}`);
      index.layers[asDigest(layer.digest)] = { bytes: stored.bytes, chunks: stored.chunks };
    }
    Object.assign(index.packages, image.packages);
    const played = PLAYED_TAGS[image.name];
    const digest = addImage(index, image);
    shelve(index, entry, {
      tags: Object.fromEntries(image.tags.map((tag) => [tag, digest])),
      ...(played === undefined
        ? {}
        : {
            played: { tags: played.tags, by: played.by, digest: addImage(index, sayPlayed(image, played)) },
          }),
    });
  }
  return index;
}

/** Adds the image and an index that lists it for its platform, as Docker Hub has them. @returns the index's digest */
function addImage(index: CatalogueIndex, image: Image): Digest {
  const { config, manifest } = encodeImage(image);
  index.configs[asDigest(sha256(config))] = config.toString();
  index.manifests[asDigest(sha256(manifest))] = { mediaType: MEDIA.manifest, text: manifest.toString() };
  const { architecture, os } = image.config;
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: MEDIA.index,
    manifests: [
      {
        mediaType: MEDIA.manifest,
        digest: sha256(manifest),
        size: manifest.length,
        platform: { architecture, os },
      },
    ],
  });
  const digest = asDigest(sha256(text));
  index.manifests[digest] = { mediaType: MEDIA.index, text };
  return digest;
}

type Named = Pick<CatalogueIndex["repositories"][number], "tags" | "played">;

function shelve(index: CatalogueIndex, { recipe, stars, official }: ShelfEntry, named: Named): void {
  const name = repositoryName(recipe);
  index.repositories.push({ name, description: recipe.description, stars, official, ...named });
}

function asDigest(text: string): Digest {
  if (!isDigest(text)) throw new Error(`not a digest: ${text}`);
  return text;
}
