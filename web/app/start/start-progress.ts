/** How far the start has come, from the machine's status. */
import type { MachineStatus } from "../../../contract/protocol";

/** As the contract counts the machine's memory. */
const PAGE_BYTES = 4096;

export const START_STAGES = ["loading", "restoring", "booting"] as const;
export type StartStage = (typeof START_STAGES)[number];

export interface StartProgress {
  readonly stage: StartStage;
  /** Of this stage, from 0 to 1; undefined while there is no telling. */
  readonly share: number | undefined;
  /** Bytes done and to be done in this stage; undefined where it has none, or none are known yet. */
  readonly bytes: { readonly done: number; readonly total: number; readonly cached: number } | undefined;
}

/** Undefined for a machine that is not starting. */
export function startProgress(status: MachineStatus): StartProgress | undefined {
  switch (status.kind) {
    case "idle":
      return { stage: "loading", share: undefined, bytes: undefined };
    case "loading": {
      const { bytes: done, total, cached } = status;
      if (total === 0) return { stage: "loading", share: undefined, bytes: undefined };
      return { stage: "loading", share: shareOf(done, total), bytes: { done, total, cached } };
    }
    case "restoring": {
      const { pages, total } = status;
      if (total === 0) return { stage: "restoring", share: undefined, bytes: undefined };
      const bytes = { done: pages * PAGE_BYTES, total: total * PAGE_BYTES, cached: 0 };
      return { stage: "restoring", share: shareOf(pages, total), bytes };
    }
    case "booting":
      return { stage: "booting", share: undefined, bytes: undefined };
    case "ready":
    case "paused":
    case "failed":
      return undefined;
  }
}

/** How much of the whole start each stage is taken to be, for the picture and the bar's three parts. */
export const STAGE_WEIGHTS: Readonly<Record<StartStage, number>> = {
  loading: 0.7,
  restoring: 0.2,
  booting: 0.1,
};

/** The whole start's share, from 0 to 1. */
export function overallShare(progress: StartProgress): number {
  let before = 0;
  for (const stage of START_STAGES) {
    if (stage === progress.stage) return before + STAGE_WEIGHTS[stage] * (progress.share ?? 0);
    before += STAGE_WEIGHTS[stage];
  }
  return before;
}

function shareOf(done: number, total: number): number {
  return Math.min(Math.max(done / total, 0), 1);
}
