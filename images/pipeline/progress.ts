/**
 * What the person who waits for a build sees: one line for each step, with the seconds that it took.
 *
 *     [2/6] disk: unpacking 214 packages … 12 s
 *
 * Stages may run side by side. On a terminal the newest line counts its seconds; elsewhere a line is printed when its step
 * has ended, and one with what is under way when nothing was printed for a while:
 *
 *     … 2 min 30 s; kernel: compiling, 640 of 1350 files, 47 %; disk: making the file system; about 4 min left
 */
import { estimateLeft, type PlannedStage } from "./time-left";

export interface Progress {
  /** Says how long the stages take, in seconds on two cores, so that the time left can be told. */
  readonly plan: (seconds: Readonly<Record<string, number>>) => void;
  /** Opens a stage; `position` counts from 1. */
  readonly stage: (position: number, total: number, name: string) => StageProgress;
  /** A step that belongs to no stage: "building the app … 12 s". @returns what the work returns */
  readonly during: <T>(text: string, work: () => Promise<T>) => Promise<T>;
  /** A line that belongs to no stage. */
  readonly note: (text: string) => void;
}

interface StageProgress {
  /** Ends the step before, if any, and begins this one. */
  readonly say: (text: string) => void;
  /** Replaces the text of the current step, for instance with a count. */
  readonly update: (text: string) => void;
  /** How much of the whole stage is done, 0 to 1. */
  readonly progress: (share: number) => void;
  /** A line beside the steps, for what a person should know; the current step goes on. */
  readonly note: (text: string) => void;
  /** Ends the stage with a last line of its own, without seconds. */
  readonly end: (text?: string) => void;
}

/** Where the lines go: `process.stderr` is one. */
export interface LineOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Seconds as a person says them: `0.4 s`, `12 s`, `3 min 05 s`. */
export function formatSeconds(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 120) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

const CLEAR_LINE = "\r\x1b[K";
const TICK_MS = 1000;
/** Without a terminal nobody waits longer than this for a sign of life. */
const SILENCE_MS = 15_000;

interface OpenStage extends PlannedStage {
  readonly prefix: string;
  step?: { text: string; since: number };
}

/** @param now milliseconds, from any fixed moment on */
export function createProgress(output: LineOutput, now: () => number = Date.now): Progress {
  const live = output.isTTY === true;
  const open = new Set<OpenStage>();
  const done = new Map<string, number>();
  let planned: Readonly<Record<string, number>> = {};
  let began: number | undefined;
  let lastWrite = now();
  let ticker: NodeJS.Timeout | undefined;

  const write = (text: string): void => {
    lastWrite = now();
    output.write(text);
  };
  const left = (): string => {
    const seconds = estimateLeft({ planned, open: [...open], done, began: began ?? now(), now: now() });
    return seconds === undefined ? "" : `; about ${formatSeconds(Math.max(seconds, 10) * 1000)} left`;
  };
  const percent = ({ share }: OpenStage): string =>
    share === undefined ? "" : `, ${Math.floor(share * 100)} %`;

  const draw = (): void => {
    if (!live) return;
    const lines = [...open].flatMap((stage) =>
      stage.step === undefined
        ? []
        : `${stage.prefix}${stage.step.text}${percent(stage)} … ${formatSeconds(now() - stage.step.since)}`,
    );
    if (lines.length === 0) return;
    const line = lines.join("  ") + left();
    // A line that wraps cannot be written over.
    output.write(CLEAR_LINE + line.slice(0, Math.max(20, (output.columns ?? 200) - 1)));
  };
  const breakSilence = (): void => {
    if (now() - lastWrite < SILENCE_MS || open.size === 0) return;
    const steps = [...open].map(
      (stage) =>
        `${stage.name === "" ? "" : `${stage.name}: `}${stage.step?.text ?? "under way"}${percent(stage)}`,
    );
    const since = began ?? Math.min(...[...open].map((stage) => stage.since));
    write(`… ${formatSeconds(now() - since)}; ${steps.join("; ")}${left()}\n`);
  };
  const tick = (): void => {
    if (live) draw();
    else breakSilence();
  };

  const openStage = (name: string, prefix: string): StageProgress => {
    const stage: OpenStage = { name, prefix, since: now(), share: undefined };
    open.add(stage);
    ticker ??= setInterval(tick, TICK_MS).unref();

    const finishStep = (): void => {
      if (stage.step === undefined) return;
      const { text, since } = stage.step;
      write(`${live ? CLEAR_LINE : ""}${stage.prefix}${text} … ${formatSeconds(now() - since)}\n`);
      delete stage.step;
    };
    return {
      say(text) {
        finishStep();
        stage.step = { text, since: now() };
        draw();
      },
      update(text) {
        if (stage.step === undefined) return;
        stage.step.text = text;
        draw();
      },
      progress(share) {
        stage.share = Math.min(Math.max(share, 0), 1);
      },
      note(text) {
        write(`${live ? CLEAR_LINE : ""}${stage.prefix}${text}\n`);
        draw();
      },
      end(text) {
        finishStep();
        if (text !== undefined) write(`${live ? CLEAR_LINE : ""}${stage.prefix}${text}\n`);
        open.delete(stage);
        done.set(name, now() - stage.since);
        if (open.size === 0) {
          clearInterval(ticker);
          ticker = undefined;
        } else draw();
      },
    };
  };

  return {
    plan(seconds) {
      planned = { ...planned, ...seconds };
    },
    note(text) {
      write(`${live ? CLEAR_LINE : ""}${text}\n`);
      draw();
    },
    async during(text, work) {
      const stage = openStage("", "");
      stage.say(text);
      try {
        return await work();
      } finally {
        stage.end();
      }
    },
    stage(position, total, name) {
      began ??= now();
      return openStage(name, `[${position}/${total}] ${name}: `);
    },
  };
}
