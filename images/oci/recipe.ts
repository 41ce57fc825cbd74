import type { Debian } from "../pipeline/debian";
import type { ToolOptions } from "../pipeline/run-tool";
import type { LayerEntry } from "./layer";

/** The part of an image's configuration that a container starts with (OCI image spec, "config"). */
export interface ContainerConfig {
  Env?: string[];
  Entrypoint?: string[];
  Cmd?: string[];
  WorkingDir?: string;
  User?: string;
  ExposedPorts?: Record<string, Record<string, never>>;
  Volumes?: Record<string, Record<string, never>>;
  Labels?: Record<string, string>;
  StopSignal?: string;
}

/** What a recipe's build function may use. */
export interface RecipeContext {
  /** An empty folder of its own. */
  readonly work: string;
  readonly debian: Debian;
  readonly run: (command: string, args: string[], options?: ToolOptions) => Promise<string>;
}

/** How to make one image. Each lives in a folder `images/oci/<name>/recipe.ts`. */
export interface Recipe {
  /** Name in the hub without `library/`. */
  readonly name: string;
  readonly tags: string[];
  /** One sentence, honest about where the content comes from: it is a label, and `docker search` shows it. */
  readonly description: string;
  /** The image under this one: its layers come first, and are the same bytes for every image on top of it. */
  readonly base?: Recipe;
  /** Makes the image's own layer. */
  build(context: RecipeContext): Promise<BuiltRecipe>;
}

export interface BuiltRecipe {
  entries: LayerEntry[];
  /** Laid over the base's config: lists and single values replace, labels add. */
  config: ContainerConfig;
  /** What stands in `docker history` for the own layer. */
  step: string;
  /** Debian packages in the layer: name to version. */
  packages: Record<string, string>;
}
