import { z } from "zod";
import type { Material } from "../debian/inputs";
import type { Consumer, Wants } from "../debian/wants";
import type { ToolOptions } from "../pipeline/run-tool";
import type { LayerEntry } from "./layer";

const present = z.record(z.string(), z.strictObject({}));

/** The part of an image's configuration that a container starts with (OCI image spec, "config"). */
export const containerConfigSchema = z.strictObject({
  Env: z.array(z.string()).optional(),
  Entrypoint: z.array(z.string()).optional(),
  Cmd: z.array(z.string()).optional(),
  WorkingDir: z.string().optional(),
  User: z.string().optional(),
  ExposedPorts: present.optional(),
  Volumes: present.optional(),
  Labels: z.record(z.string(), z.string()).optional(),
  StopSignal: z.string().optional(),
});

export type ContainerConfig = z.infer<typeof containerConfigSchema>;

/** What a recipe's build function may use. */
export interface RecipeContext {
  /** An empty folder of its own. */
  readonly work: string;
  /** What the recipe wanted of Debian. */
  readonly material: Material;
  readonly run: (command: string, args: string[], options?: ToolOptions) => Promise<string>;
}

/** How to make one image. Each lives in a folder `images/oci/<name>/recipe.ts`. */
export interface Recipe {
  /** Name in the hub without `library/`; with its namespace when it is in another one. */
  readonly name: string;
  /** The recipe's own folder: when something in it changes, the layer is made anew. */
  readonly folder: string;
  readonly tags: string[];
  /** One sentence, honest about where the content comes from: it is a label, and `docker search` shows it. */
  readonly description: string;
  /** The image under this one: its layers come first, and are the same bytes for every image on top of it. */
  readonly base?: Recipe;
  /** What it takes from Debian. */
  readonly wants?: Wants;
  /** Makes the image's own layer, or only its settings. */
  build(context: RecipeContext): Promise<BuiltRecipe>;
  /** Another way to the same image, for when the mirror does not have what the first one wants. */
  readonly instead?: { readonly wants: Wants; build(context: RecipeContext): Promise<BuiltRecipe> };
}

/** @param needed whether there is no guest without it */
export function consumerOf({ name, wants = {}, instead }: Recipe, needed: boolean): Consumer {
  return { name: `image ${name}`, ways: [wants, ...(instead === undefined ? [] : [instead.wants])], needed };
}

/** Builds a recipe in the way that its material is for; what was lost is said in a label. */
export async function buildRecipe(recipe: Recipe, context: RecipeContext): Promise<BuiltRecipe> {
  const { way, losses } = context.material;
  const built = await (way === 0 ? recipe : (recipe.instead ?? recipe)).build(context);
  if (losses.length === 0) return built;
  const Labels = { ...built.config.Labels, "dev.drydock.losses": losses.join("; ") };
  return { ...built, config: { ...built.config, Labels } };
}

export interface BuiltRecipe {
  /** The layer's content; without any the image has the layers of its base. Parent folders may be left out. */
  entries: LayerEntry[];
  /** Laid over the base's config: lists and single values replace, labels and variables add. */
  config: ContainerConfig;
  /** What stands in `docker history` for the own layer. */
  step: string;
  /** Debian packages, binary or source, that the layer is made from: name to version. */
  packages: Record<string, string>;
}
