/**
 * The first stage: everything that the others take from Debian, resolved and fetched before anything is built. It leaves
 * `inputs.json`; the files themselves lie in the cache under their digests (file-store.ts).
 */
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../contract/errors";
import { computeStageKey } from "../pipeline/stage-key";
import type { Pipeline, Stage } from "../pipeline/stage";
import { FileStore } from "./file-store";
import { AptLists } from "./lists";
import { PrivateApt, type Run } from "./private-apt";
import { resolveInputs } from "./resolve";
import { type Consumer, filesOf, type Inputs, inputsSchema, type Supply } from "./wants";

export const SUITE = "trixie";
export const ARCHITECTURE = "i386";
/** Raised when the same wants are to be resolved anew. */
const FORMAT = "1";

const storeFolder = (cacheFolder: string): string => join(cacheFolder, "debian");

/**
 * @param cacheFolder the pipeline's cache
 * @param onFirst see `ResolveOptions`
 */
export function inputsStage(
  consumers: readonly Consumer[],
  cacheFolder: string,
  onFirst?: (inputs: Inputs) => void,
): Stage {
  return {
    name: "inputs",
    inputs: {
      values: {
        format: FORMAT,
        suite: SUITE,
        architecture: ARCHITECTURE,
        consumers: JSON.stringify(consumers),
      },
    },
    async build({ out, work, say, update, note, progress, run }) {
      say("reading Debian's package lists");
      const apt = await PrivateApt.open(join(work, "apt"), ARCHITECTURE, run);
      const lists = await AptLists.open({ apt, suite: SUITE, note });
      const store = new FileStore(storeFolder(cacheFolder), apt);
      const tools = { lists, store, run, work: join(work, "sources") };
      await mkdir(tools.work);
      const inputs = await resolveInputs(consumers, {
        lists,
        store,
        tools,
        say,
        update,
        note,
        progress,
        ...(onFirst === undefined ? {} : { onFirst }),
      });
      await store.prune(filesOf(Object.values(inputs.supplies)));
      await writeFile(join(out, "inputs.json"), `${JSON.stringify(inputs, null, 1)}\n`);
    },
  };
}

/** What a consumer's build function works with: paths on this machine. */
export interface Material extends Supply {
  /** Where a file of the supply lies. */
  path(file: { readonly sha256: string }): string;
}

export class DebianInputs {
  readonly leftOut: Inputs["leftOut"];
  readonly #inputs: Inputs;
  readonly #cacheFolder: string;

  private constructor(inputs: Inputs, cacheFolder: string) {
    this.#inputs = inputs;
    this.#cacheFolder = cacheFolder;
    this.leftOut = inputs.leftOut;
  }

  /**
   * @param folder the stage's
   * @throws ZodError when `inputs.json` is damaged
   */
  static async open(folder: string, cacheFolder: string): Promise<DebianInputs> {
    const text = await readFile(join(folder, "inputs.json"), "utf8");
    return new DebianInputs(inputsSchema.parse(JSON.parse(text)), cacheFolder);
  }

  /** @param cacheFolder the pipeline's */
  static of(inputs: Inputs, cacheFolder: string): DebianInputs {
    return new DebianInputs(inputs, cacheFolder);
  }

  /** Every sentence on what is not as the lists' newest versions would have it: consumer to losses. */
  get losses(): Record<string, string[]> {
    const entries = Object.entries(this.#inputs.supplies).map(
      ([name, { losses }]) => [name, losses] as const,
    );
    return Object.fromEntries(entries.filter(([, losses]) => losses.length > 0));
  }

  /** What tells a build from second-best inputs from one with the best; empty for the best. Part of a stage's key. */
  grade(consumer: string): string {
    const { way = 0, losses = [] } = this.#inputs.supplies[consumer] ?? {};
    return way === 0 && losses.length === 0 ? "" : JSON.stringify([way, losses]);
  }

  /**
   * The consumer's files, all of them on this machine; what was removed meanwhile is fetched again.
   * @throws Error when the consumer was left out or never declared, or a file is gone here and there
   */
  async material(consumer: string, work: string, run: Run): Promise<Material> {
    const supply = this.#inputs.supplies[consumer];
    if (supply === undefined) throw new Error(`nothing of Debian's was fetched for ${consumer}`);
    const apt = await PrivateApt.open(join(work, "apt"), ARCHITECTURE, run);
    const store = new FileStore(storeFolder(this.#cacheFolder), apt);
    const missing = await store.fetch(filesOf([supply]));
    if (missing.size > 0) {
      const lines = filesOf([supply])
        .filter(({ sha256 }) => missing.has(sha256))
        .map(({ uri, sha256 }) => `  ${uri}: ${missing.get(sha256) ?? ""}`);
      throw new Error(
        `files that were here are gone, from the mirror too:\n${lines.join("\n")}\nWay on: npm run images -- --fresh`,
      );
    }
    return { ...supply, path: (file) => store.path(file) };
  }
}

export interface FetchInputsOptions {
  readonly fresh: boolean;
  readonly note: (text: string) => void;
  /**
   * Called when the first consumer's files are here, with them alone, if that is before the others are: what takes longest
   * to build need not wait for them.
   */
  readonly onFirst?: (debian: DebianInputs) => void;
}

/**
 * Runs the stage. A result that is there is made anew only when `fresh` says so, since that takes a minute and the network;
 * the older one stays in force when that fails or is broken off, and so nothing begins before all is here.
 * @throws Error for the person who builds, when the guest needs what cannot be had
 */
export async function fetchInputs(
  pipeline: Pipeline,
  consumers: readonly Consumer[],
  { fresh, note, onFirst }: FetchInputsOptions,
): Promise<DebianInputs> {
  const { cacheFolder } = pipeline;
  const stage = inputsStage(consumers, cacheFolder, (inputs) => {
    if (!fresh) onFirst?.(DebianInputs.of(inputs, cacheFolder));
  });
  const folder = join(cacheFolder, stage.name, await computeStageKey(stage.name, stage.inputs));
  const aside = `${folder}.aside`;
  if (await isThere(folder)) await rm(aside, { recursive: true, force: true });
  else if (await isThere(aside)) await rename(aside, folder);
  if (fresh && (await isThere(folder))) {
    await rename(folder, aside);
    try {
      const { folder: fresher } = await pipeline.run(stage);
      return await DebianInputs.open(fresher, cacheFolder);
    } catch (error) {
      await rename(aside, folder);
      note(`what was fetched before is used: ${messageOf(error)}`);
    }
  }
  const built = await pipeline.run(stage);
  const debian = await DebianInputs.open(built.folder, cacheFolder);
  const lossy = [...Object.keys(debian.losses), ...Object.keys(debian.leftOut)];
  if (built.cached && lossy.length > 0) {
    note(
      `second best, for want of better on the mirror: ${lossy.join(", ")} (again: npm run images -- --fresh)`,
    );
  }
  return debian;
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
