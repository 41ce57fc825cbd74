/** The images that the guest's own store has from the start, as a stage of the pipeline. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { DebianInputs } from "../debian/inputs";
import type { Stage, StageContext } from "../pipeline/stage";
import { busybox } from "./busybox/recipe";
import { helloWorld } from "./hello-world/recipe";
import { assembleImage, packArchive, type Image } from "./image";
import { addFolders, packLayer, type LayerDescriptor } from "./layer";
import { type BuiltRecipe, buildRecipe, consumerOf, containerConfigSchema, type Recipe } from "./recipe";

/** In Docker's store before the learner's first command. The first boot loads them. */
export const PRELOADED: Recipe[] = [helloWorld, busybox];

/** What a recipe has made: its settings, and its layer unless it has none. */
export interface BuiltImage<L extends LayerDescriptor> extends Omit<BuiltRecipe, "entries"> {
  layer?: L | undefined;
}

/** Makes each image once, its base before it. */
export function createImageBuilder<L extends LayerDescriptor>(
  build: (recipe: Recipe) => Promise<BuiltImage<L>>,
): (recipe: Recipe) => Promise<Image<L>> {
  const made = new Map<Recipe, Promise<Image<L>>>();
  const make = (recipe: Recipe): Promise<Image<L>> => {
    const known = made.get(recipe);
    if (known !== undefined) return known;
    const image = (async () => {
      const base = recipe.base === undefined ? undefined : await make(recipe.base);
      const built = await build(recipe);
      return assembleImage(recipe, built, built.layer, base);
    })();
    made.set(recipe, image);
    return image;
  };
  return make;
}

/** What stands of a preloaded image in `images.json`, beside its `<name>.layer.tar`. */
const preloadedSchema = z.record(
  z.string(),
  z.object({
    step: z.string(),
    config: containerConfigSchema,
    packages: z.record(z.string(), z.string()),
    layer: z.object({ digest: z.string(), bytes: z.number() }),
  }),
);

/** Reads the `images.json` of this stage. */
export function parsePreloaded(text: string): Map<string, BuiltImage<LayerDescriptor>> {
  return new Map(Object.entries(preloadedSchema.parse(JSON.parse(text))));
}

/** The file that `docker load` takes. */
export const archiveName = (recipe: Recipe): string => `${recipe.name}.tar`;
export const layerName = (recipe: Recipe): string => `${recipe.name}.layer.tar`;

const SHARED = ["build.ts", "image.ts", "layer.ts", "recipe.ts"];

/**
 * Leaves for each image `<name>.tar`, which is for `docker load`, its layer, and `images.json`. The catalogue takes these
 * images from here, so that a learner who pulls one of them hears that it is up to date.
 */
export function imagesStage(debian: DebianInputs): Stage {
  const grades = PRELOADED.map((recipe) => debian.grade(consumerOf(recipe, true).name));
  return {
    name: "oci",
    inputs: {
      files: [
        ...SHARED.map((name) => join(import.meta.dirname, name)),
        ...PRELOADED.map(({ folder }) => folder),
      ],
      values: { inputs: grades.join() },
    },
    build: (context) => buildPreloaded(context, debian),
  };
}

async function buildPreloaded({ out, work, say, run }: StageContext, debian: DebianInputs): Promise<void> {
  const built: Record<string, BuiltImage<LayerDescriptor>> = {};
  const make = createImageBuilder(async (recipe) => {
    const folder = join(work, recipe.name);
    await mkdir(folder);
    const material = await debian.material(consumerOf(recipe, true).name, folder, run);
    const { entries, ...settings } = await buildRecipe(recipe, { work: folder, material, run });
    const layer = await packLayer(addFolders(entries));
    built[recipe.name] = { ...settings, layer: { digest: layer.digest, bytes: layer.bytes } };
    await writeFile(join(out, layerName(recipe)), layer.tar);
    return { ...settings, layer };
  });
  for (const recipe of PRELOADED) {
    say(`building ${recipe.name}`);
    await writeFile(join(out, archiveName(recipe)), await packArchive(await make(recipe)));
  }
  await writeFile(join(out, "images.json"), `${JSON.stringify(built, null, 2)}\n`);
}
