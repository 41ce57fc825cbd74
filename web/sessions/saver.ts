/**
 * Has the running machine saved: when the policy says so and when the learner does. Answers the worker's marks with the
 * page's part.
 */
import { serialiseError, type SerialisedError } from "../../contract/errors";
import type { SaveRequest, SaveResult } from "../../contract/sessions";
import { Store } from "../store";
import { isRunning, type MachineClient } from "../vm/machine-client";
import type { PageDoor } from "./page-door";
import { SavePolicy, type PolicyClock } from "./save-policy";

export type SaverMachine = Pick<
  MachineClient,
  "getSnapshot" | "subscribe" | "listen" | "sessions" | "isTouched"
>;

export interface SaverSnapshot {
  /** How long the guest stood still for the last save, in milliseconds. */
  readonly holdMs: number | undefined;
  /** Counts the saves of this visit. */
  readonly saves: number;
}

/** In these the machine is not kept, whatever is done. */
const NOT_KEPT: ReadonlySet<string> = new Set(["none", "unavailable", "taken"]);

export class Saver extends Store<SaverSnapshot> {
  readonly #machine: SaverMachine;
  readonly #clock: PolicyClock;
  readonly #policy: SavePolicy;
  #page: PageDoor | undefined;

  constructor(machine: SaverMachine, clock: PolicyClock) {
    super({ holdMs: undefined, saves: 0 });
    this.#machine = machine;
    this.#clock = clock;
    this.#policy = new SavePolicy(clock, async (reason) => {
      const outcome = await this.#save({ reason });
      return { saved: outcome.kind === "saved" };
    });
    machine.subscribe(() => this.#policy.setEnabled(this.canSave));
    machine.listen({
      onSaveMark: (saveId) => void this.#answer(saveId),
      onRewound: () => this.#policy.typed(),
      onActivity: (activity) => {
        if (activity === "input") this.#policy.typed();
        else if (machine.isTouched) this.#policy.wrote();
      },
    });
  }

  /** The page whose part goes into each save. */
  setPage(page: PageDoor): void {
    this.#page = page;
  }

  /** Whether there is a machine that is kept. */
  get canSave(): boolean {
    const { status, session } = this.#machine.getSnapshot();
    return isRunning(status) && !NOT_KEPT.has(session.kind);
  }

  /** Whether the machine can become a session of its own: also one that another tab has taken over. */
  get canSaveAs(): boolean {
    return this.canSave || this.#machine.getSnapshot().session.kind === "taken";
  }

  /** Whether leaving now would lose work that could not be saved. */
  get wouldLose(): boolean {
    const { status, session } = this.#machine.getSnapshot();
    const isStuck = NOT_KEPT.has(session.kind) || session.kind === "failed";
    return isRunning(status) && isStuck && this.#machine.isTouched;
  }

  /** Saves at once. What goes wrong is in the machine's snapshot. */
  saveNow(): void {
    this.#policy.ask();
  }

  /** Saves what no save has, before the machine makes way for another one. Never rejects. */
  async finish(): Promise<void> {
    if (this.canSave && this.#policy.isDirty) await this.#save({ reason: "asked" });
  }

  /** A command has ended. */
  prompted(): void {
    if (this.#machine.isTouched) this.#policy.prompted();
  }

  setHidden(hidden: boolean): void {
    this.#policy.setHidden(hidden);
  }

  /** There is room again. */
  roomWasMade(): void {
    this.#policy.forgiveFailures();
  }

  /** Saves the machine with a restore point. Never rejects. */
  async savePoint(point: NonNullable<SaveRequest["point"]>): Promise<SaveOutcome> {
    const began = this.#clock.now();
    const outcome = await this.#save({ reason: "step", point });
    if (outcome.kind === "saved") this.#policy.savedSince(began);
    return outcome;
  }

  async #save(request: SaveRequest): Promise<SaveOutcome> {
    try {
      const result = await this.#machine.sessions.save(request);
      this.update({ holdMs: result.holdMs, saves: this.getSnapshot().saves + 1 });
      return { kind: "saved", result };
    } catch (error) {
      return { kind: "failed", error: serialiseError(error) };
    }
  }

  async #answer(saveId: number): Promise<void> {
    try {
      const part = await this.#page?.keep();
      if (part !== undefined) await this.#machine.sessions.pagePart(saveId, part);
    } catch {
      // The worker takes the last part that it has: better than no save.
    }
  }
}

export type SaveOutcome =
  | { readonly kind: "saved"; readonly result: SaveResult }
  | { readonly kind: "failed"; readonly error: SerialisedError };
