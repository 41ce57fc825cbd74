import { z } from "zod";
import type { Debian } from "../pipeline/debian";
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
  readonly openDebian: () => Promise<Debian>;
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
  /** Makes the image's own layer, or only its settings. */
  build(context: RecipeContext): Promise<BuiltRecipe>;
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
