/**
 * Looks at one step whenever something may have changed: Docker says so, a prompt is back, the learner has answered.
 * Nothing is asked of the machine otherwise, but for a few looks after each of these, for what takes its time.
 */
import type { StepResult } from "../../contract/checks";
import type { CheckDoors } from "./round";
import { evaluateStep } from "./evaluate";
import type { StepRequest } from "./request";

/** Milliseconds from a reason to look until the look: events come in swarms. */
const GATHER_MS = 200;
/** Milliseconds until the next look while something may come true by time alone. */
const LATER_MS = [1000, 2000, 3000, 5000, 8000, 13_000, 20_000] as const;

export interface WatcherOptions {
  readonly doors: CheckDoors;
  onResult(step: string, result: StepResult): void;
  /** A look failed: the machine is gone, or was held for too long. */
  onError(error: unknown): void;
}

export class StepWatcher {
  readonly #options: WatcherOptions;
  #request: StepRequest | undefined;
  #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking = false;
  #again = false;
  #later = 0;

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  /** Watches this step instead of the one before; with undefined, none. */
  watch(request: StepRequest | undefined): void {
    clearTimeout(this.#timer);
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#request = request;
    this.#looking = false;
    this.#again = false;
    this.nudge();
  }

  /** Something may have changed. */
  nudge(): void {
    this.#later = 0;
    this.#schedule(GATHER_MS);
  }

  /**
   * A Docker event. What programs inside containers do (health checks run `exec` forever) is only of interest to steps
   * that ask for it.
   */
  nudgeByEvent(type: string, action: string): void {
    const asked = this.#request?.checks.some(
      (check) => "event" in check && check.event.startsWith(`${type} ${action}`),
    );
    const inside = action.startsWith("exec_") || action === "top" || action === "resize";
    if (!inside || asked === true) this.nudge();
  }

  #schedule(ms: number): void {
    if (this.#request === undefined) return;
    if (this.#looking) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), ms);
  }

  async #look(): Promise<void> {
    const request = this.#request;
    if (request === undefined) return;
    const { signal } = this.#abort;
    this.#looking = true;
    this.#again = false;
    let soon = false;
    try {
      const { step, checks, soon: maybe } = await evaluateStep(request, this.#options.doors, signal);
      if (signal.aborted) return;
      soon = maybe;
      this.#options.onResult(request.step, { step, checks });
    } catch (error) {
      if (signal.aborted) return;
      this.#options.onError(error);
    }
    this.#looking = false;
    // A property that other calls change meanwhile, which the compiler cannot know.
    if (this.#asked()) this.nudge();
    else if (soon) this.#lookLater();
  }

  #asked(): boolean {
    return this.#again;
  }

  #lookLater(): void {
    const wait = LATER_MS[this.#later];
    if (wait === undefined) return;
    this.#later++;
    this.#schedule(wait);
  }
}
