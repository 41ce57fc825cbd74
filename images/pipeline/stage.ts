import { rm } from "node:fs/promises";
import { join } from "node:path";
import { buildAtomically, findCached, pruneStage, waitForOthers } from "./cache";
import { computeStageKey, type StageInputs } from "./stage-key";
import type { Progress } from "./progress";
import { createToolRunner, type ToolOptions, type ToolRunnerOptions } from "./run-tool";

/** What a stage's build function may use. */
export interface StageContext {
  /** An empty folder. What is in it at the end is the stage's result. */
  readonly out: string;
  /** An empty folder for everything else; it is removed afterwards. */
  readonly work: string;
  /** Begins a step: "unpacking 214 packages". */
  readonly say: (text: string) => void;
  /** Changes the text of the step. */
  readonly update: (text: string) => void;
  /** How much of the whole stage is done, 0 to 1. */
  readonly progress: (share: number) => void;
  /** Tells the person something that is not a step. */
  readonly note: (text: string) => void;
  /** Runs a program; see `ToolRunner.run`. */
  readonly run: (command: string, args: string[], options?: ToolOptions) => Promise<string>;
}

export interface Stage {
  /** Lower case, also the name of its folder in the cache. */
  readonly name: string;
  readonly inputs: StageInputs;
  build(context: StageContext): Promise<void>;
}

export interface BuiltStage {
  readonly name: string;
  readonly key: string;
  /** Absolute path of the folder that `build` filled. Read-only by convention. */
  readonly folder: string;
  readonly cached: boolean;
}

export interface Pipeline {
  readonly cacheFolder: string;
  /**
   * Builds a stage, or finds its result in the cache.
   * @param options.background its tools run when the others leave them time
   * @param options.signal ends it, with its reason
   */
  readonly run: (stage: Stage, options?: ToolRunnerOptions) => Promise<BuiltStage>;
}

/**
 * Stages may be run side by side; each takes its number when it is begun.
 * @param total how many stages will be run, for the `[2/6]` of the progress
 */
export function createPipeline(options: {
  cacheFolder: string;
  progress: Progress;
  total: number;
}): Pipeline {
  const { cacheFolder, progress, total } = options;
  let position = 0;
  return {
    cacheFolder,
    async run(stage, options = {}) {
      options.signal?.throwIfAborted();
      position += 1;
      const lines = progress.stage(position, total, stage.name);
      const key = await computeStageKey(stage.name, stage.inputs);
      const stageFolder = join(cacheFolder, stage.name);
      const result = (folder: string, cached: boolean): BuiltStage => ({
        name: stage.name,
        key,
        folder,
        cached,
      });
      try {
        await waitForOthers(stageFolder, key, lines.say);
        const hit = await findCached(stageFolder, key);
        if (hit !== undefined) {
          lines.end("up to date");
          return result(hit, true);
        }
        const tools = createToolRunner(join(cacheFolder, "logs", `${stage.name}.log`), options);
        await rm(tools.logFile, { force: true });
        const folder = await buildAtomically(stageFolder, key, (folders) =>
          stage.build({
            ...folders,
            say: lines.say,
            update: lines.update,
            progress: lines.progress,
            note: lines.note,
            run: tools.run,
          }),
        );
        await pruneStage(stageFolder, key);
        lines.end();
        return result(folder, false);
      } catch (error) {
        lines.end(options.signal?.aborted === true ? "stopped" : "failed");
        options.signal?.throwIfAborted();
        throw error;
      }
    },
  };
}
