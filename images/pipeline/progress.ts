/**
 * What the person who waits for a build sees: one line for each step, with the seconds that it took.
 *
 *     [2/6] disk: unpacking 214 packages … 12 s
 *
 * On a terminal the newest line counts its seconds; elsewhere a line is printed when its step has ended.
 */
export interface Progress {
  /** Opens a stage; `position` counts from 1. Only one stage is open at a time. */
  readonly stage: (position: number, total: number, name: string) => StageProgress;
  /** A line that belongs to no stage. */
  readonly note: (text: string) => void;
}

export interface StageProgress {
  /** Ends the step before, if any, and begins this one. */
  readonly say: (text: string) => void;
  /** Replaces the text of the current step, for instance with a count. */
  readonly update: (text: string) => void;
  /** A line beside the steps, for what a person should know; the current step goes on. */
  readonly note: (text: string) => void;
  /** Ends the stage with a last line of its own, without seconds. */
  readonly end: (text?: string) => void;
}

/** Where the lines go: `process.stderr` is one. */
export interface LineOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
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

/** @param now milliseconds, from any fixed moment on */
export function createProgress(output: LineOutput, now: () => number = Date.now): Progress {
  const live = output.isTTY === true;
  return {
    note(text) {
      output.write(`${text}\n`);
    },
    stage(position, total, name) {
      const prefix = `[${position}/${total}] ${name}: `;
      let step: { text: string; since: number } | undefined;
      let ticker: NodeJS.Timeout | undefined;

      const draw = (): void => {
        if (!live || step === undefined) return;
        output.write(`${CLEAR_LINE}${prefix}${step.text} … ${formatSeconds(now() - step.since)}`);
      };
      const finishStep = (): void => {
        clearInterval(ticker);
        if (step === undefined) return;
        output.write(
          `${live ? CLEAR_LINE : ""}${prefix}${step.text} … ${formatSeconds(now() - step.since)}\n`,
        );
        step = undefined;
      };
      return {
        say(text) {
          finishStep();
          step = { text, since: now() };
          draw();
          if (live) ticker = setInterval(draw, TICK_MS).unref();
        },
        update(text) {
          if (step === undefined) return;
          step.text = text;
          draw();
        },
        note(text) {
          output.write(`${live ? CLEAR_LINE : ""}${prefix}${text}\n`);
          draw();
        },
        end(text) {
          finishStep();
          if (text !== undefined) output.write(`${prefix}${text}\n`);
        },
      };
    },
  };
}
