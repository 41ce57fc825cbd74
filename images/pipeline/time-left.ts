/** How long a build will still take, from what its stages usually take and how quick this machine was so far. */

export interface PlannedStage {
  readonly name: string;
  /** When it was opened, in milliseconds. */
  readonly since: number;
  /** How much of it is done, 0 to 1, or undefined when it does not tell. */
  share: number | undefined;
}

export interface BuildState {
  /** What each stage usually adds to the whole build, in seconds: stages that run side by side share them. */
  readonly planned: Readonly<Record<string, number>>;
  readonly open: readonly PlannedStage[];
  /** Stages that have ended: name to milliseconds. */
  readonly done: ReadonlyMap<string, number>;
  /** When the first stage was opened, and now, in milliseconds. */
  readonly began: number;
  readonly now: number;
}

/** Of what is usual, so many seconds must be done before this machine's speed counts. */
const ENOUGH_S = 20;
/** A stage that does not tell is never thought to be further than this. */
const MOST_GUESSED = 0.95;
/** One that took less was up to date, and says nothing about the machine. */
const UP_TO_DATE_MS = 500;

/** @returns seconds, or undefined when nothing that is under way was planned */
export function estimateLeft({ planned, open, done, began, now }: BuildState): number | undefined {
  if (!open.some(({ name }) => planned[name] !== undefined)) return undefined;
  let usual = 0;
  let rest = 0;
  for (const [name, seconds] of Object.entries(planned)) {
    const ended = done.get(name);
    const stage = open.find((each) => each.name === name);
    if (stage !== undefined) {
      const share = stage.share ?? Math.min((now - stage.since) / 1000 / seconds, MOST_GUESSED);
      usual += seconds * share;
      rest += seconds * (1 - share);
    } else if (ended === undefined) {
      rest += seconds;
    } else if (ended > UP_TO_DATE_MS) {
      usual += seconds;
    }
  }
  return rest * (usual < ENOUGH_S ? 1 : (now - began) / 1000 / usual);
}
