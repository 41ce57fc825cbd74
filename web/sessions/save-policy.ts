/**
 * When a machine is saved. Each save holds the guest for a moment, so none begins while somebody types, and saves keep
 * their distance; but what was done must not be far from the last one. No timers or clocks of its own.
 */
import type { SaveRequest } from "../../contract/sessions";

export type SaveReason = SaveRequest["reason"];

export interface PolicyClock {
  /** Milliseconds since whenever. */
  now(): number;
  /** Calls `run` once after `milliseconds`; the returned function cancels it. */
  after(milliseconds: number, run: () => void): () => void;
}

/** Milliseconds. */
export const PACE = {
  /** A shell has its prompt back, and nobody types. */
  quietAtPrompt: 2_000,
  /** Nothing is typed or written; whatever runs may be waiting. */
  quiet: 5_000,
  /** Between a key and a save of any kind that nobody has asked for. */
  sinceKey: 1_500,
  /** Work is never older than this, even while programs write without a pause. */
  longest: 180_000,
  /** From the end of a save to the next one that nobody has asked for. */
  apart: 15_000,
  /** A slow device spends at most a tenth of its time with saves. */
  apartTimesTook: 10,
  /** After a failure; doubled with each further one. */
  afterFailure: 60_000,
  afterFailureAtMost: 480_000,
} as const;

export interface SaveOutcome {
  readonly saved: boolean;
}

export class SavePolicy {
  readonly #clock: PolicyClock;
  readonly #save: (reason: SaveReason) => Promise<SaveOutcome>;
  #enabled = false;
  #saving = false;
  /** Since when there is something that no save has; undefined when there is nothing. */
  #dirtySince: number | undefined;
  #lastKey = -Infinity;
  #lastChange = -Infinity;
  #atPrompt = false;
  #hidden = false;
  #askedWhileSaving = false;
  #notBefore = -Infinity;
  #failures = 0;
  /** Counts the machines: a save of the one before has no say in when this one is saved. */
  #epoch = 0;
  #cancel: () => void = () => undefined;

  /** `save` never rejects. */
  constructor(clock: PolicyClock, save: (reason: SaveReason) => Promise<SaveOutcome>) {
    this.#clock = clock;
    this.#save = save;
  }

  /** Whether there is something that no save has. */
  get isDirty(): boolean {
    return this.#dirtySince !== undefined;
  }

  /** Whether there is a machine to save, and a place to save it to. Another machine has nothing to be saved yet. */
  setEnabled(enabled: boolean): void {
    if (enabled === this.#enabled) return;
    this.#enabled = enabled;
    this.#epoch += 1;
    this.#saving = false;
    this.#askedWhileSaving = false;
    this.#dirtySince = undefined;
    this.#atPrompt = false;
    this.#failures = 0;
    this.#notBefore = -Infinity;
    this.#plan();
  }

  /** Somebody, or a lesson, did something to the machine. */
  typed(): void {
    this.#lastKey = this.#clock.now();
    this.#atPrompt = false;
    this.#change();
  }

  /** The machine wrote something. What it writes before anybody did anything is no news. */
  wrote(): void {
    this.#change();
  }

  /** A command has ended. */
  prompted(): void {
    this.#atPrompt = true;
    this.#change();
  }

  /** The page is, or is no longer, out of sight. It may never be seen again. */
  setHidden(hidden: boolean): void {
    this.#hidden = hidden;
    if (hidden && this.isDirty) this.#begin("hidden");
  }

  /** Room was made: failures of before say nothing about the next save. */
  forgiveFailures(): void {
    this.#failures = 0;
    this.#notBefore = -Infinity;
    this.#plan();
  }

  /** Saves at once, and once more if a save is under way, since that one may lack the last keys. */
  ask(): void {
    if (this.#saving) this.#askedWhileSaving = true;
    else this.#begin("asked");
  }

  /** Somebody else has saved what there was at `began`, by the policy's clock. */
  savedSince(began: number): void {
    if (this.#lastChange <= began) this.#dirtySince = undefined;
    this.#keepApart(began);
    this.#plan();
  }

  #change(): void {
    if (!this.#enabled) return;
    const now = this.#clock.now();
    this.#lastChange = now;
    this.#dirtySince ??= now;
    this.#plan();
  }

  #plan(): void {
    this.#cancel();
    this.#cancel = () => undefined;
    const due = this.#due();
    if (due === undefined) return;
    const { at, reason } = due;
    this.#cancel = this.#clock.after(Math.max(at - this.#clock.now(), 0), () => this.#begin(reason));
  }

  #due(): { readonly at: number; readonly reason: SaveReason } | undefined {
    if (!this.#enabled || this.#saving || this.#dirtySince === undefined) return undefined;
    const afterKeys = this.#lastKey + PACE.sinceKey;
    const idle = this.#lastChange + (this.#atPrompt ? PACE.quietAtPrompt : PACE.quiet);
    const timer = Math.max(this.#dirtySince + PACE.longest, afterKeys);
    const reason = idle <= timer ? "idle" : "timer";
    return { at: Math.max(Math.min(idle, timer), this.#notBefore), reason: this.#hidden ? "hidden" : reason };
  }

  #begin(reason: SaveReason): void {
    if (!this.#enabled || this.#saving) return;
    this.#cancel();
    this.#saving = true;
    const since = this.#dirtySince;
    this.#dirtySince = undefined;
    const began = this.#clock.now();
    const epoch = this.#epoch;
    void this.#save(reason).then(({ saved }) => {
      if (epoch === this.#epoch) this.#end(saved, began, since);
    });
  }

  #end(saved: boolean, began: number, since: number | undefined): void {
    const now = this.#clock.now();
    this.#saving = false;
    if (saved) {
      this.#keepApart(began);
    } else {
      this.#dirtySince = since ?? this.#dirtySince;
      this.#notBefore = now + Math.min(PACE.afterFailure * 2 ** this.#failures, PACE.afterFailureAtMost);
      this.#failures += 1;
    }
    if (this.#askedWhileSaving) {
      this.#askedWhileSaving = false;
      this.#begin("asked");
    } else this.#plan();
  }

  #keepApart(began: number): void {
    const now = this.#clock.now();
    this.#failures = 0;
    this.#notBefore = now + Math.max(PACE.apart, (now - began) * PACE.apartTimesTook);
  }
}
