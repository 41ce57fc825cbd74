import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openDebian } from "../pipeline/debian";
import type { Stage } from "../pipeline/stage";
import { busybox } from "./busybox/recipe";
import { helloWorld } from "./hello-world/recipe";
import { assembleImage, encodeImage, packArchive, type Image } from "./image";
import { packLayer, sha256 } from "./layer";
import type { Recipe } from "./recipe";

/** The images that are in the guest's own store from the start. */
export const PRELOADED: Recipe[] = [helloWorld, busybox];

const SUITE = "trixie";

/** One entry of `images.json` in the stage's folder. */
export interface ImageSummary {
  name: string;
  tags: string[];
  description: string;
  /** File in the stage's folder, for `docker load`. */
  archive: string;
  manifestDigest: string;
  configDigest: string;
  layers: { digest: string; bytes: number }[];
  packages: Record<string, string>;
}

/** Makes each image once, its base before it. */
export function createImageBuilder(build: (recipe: Recipe) => ReturnType<Recipe["build"]>) {
  const made = new Map<Recipe, Promise<Image>>();
  const make = (recipe: Recipe): Promise<Image> => {
    const known = made.get(recipe);
    if (known !== undefined) return known;
    const image = (async () => {
      const base = recipe.base === undefined ? undefined : await make(recipe.base);
      const built = await build(recipe);
      return assembleImage(recipe, built, await packLayer(built.entries), base);
    })();
    made.set(recipe, image);
    return image;
  };
  return make;
}

/** Leaves an archive `<name>.tar` for each image and `images.json`. */
export const imagesStage: Stage = {
  name: "oci",
  inputs: { files: [import.meta.dirname], values: { suite: SUITE } },
  async build({ out, work, say, note, run }) {
    say("reading Debian's package lists");
    const debian = await openDebian({
      suite: SUITE,
      architecture: "i386",
      folder: join(work, "apt"),
      run,
      note,
    });
    const make = createImageBuilder(async (recipe) => {
      const folder = join(work, recipe.name);
      await mkdir(folder);
      return recipe.build({ work: folder, debian, run });
    });
    const summaries: ImageSummary[] = [];
    for (const recipe of PRELOADED) {
      say(`building ${recipe.name}`);
      const image = await make(recipe);
      const archive = `${recipe.name}.tar`;
      await writeFile(join(out, archive), await packArchive(image));
      const { config, manifest } = encodeImage(image);
      summaries.push({
        name: image.name,
        tags: image.tags,
        description: image.description,
        archive,
        manifestDigest: sha256(manifest),
        configDigest: sha256(config),
        layers: image.layers.map(({ digest, tar }) => ({ digest, bytes: tar.length })),
        packages: image.packages,
      });
    }
    await writeFile(join(out, "images.json"), `${JSON.stringify(summaries, null, 2)}\n`);
  },
};
