/** Which machine the page begins with: a kept one goes on, or a clean one. Without any kept one nobody is asked. */
import { serialiseError, type ErrorCode, type SerialisedError } from "../../contract/errors";
import type { SavedSession } from "../../contract/sessions";
import { Store } from "../store";
import { isRunning, type Beginning, type MachineClient } from "../vm/machine-client";
import type { PageDoor } from "./page-door";

export type ChoiceMachine = Pick<
  MachineClient,
  "getSnapshot" | "subscribe" | "open" | "start" | "close" | "sessions" | "guestUrl"
>;

export interface ChoiceSnapshot {
  /** `looking`: what is kept is not known yet. `begun`: a machine has been chosen. */
  readonly phase: "looking" | "choosing" | "begun";
  /** The last saved first. */
  readonly saved: readonly SavedSession[];
  /** Why the machine that was chosen last could not go on. */
  readonly problem: { readonly id: string; readonly error: SerialisedError } | undefined;
}

/** After these another machine can be chosen. */
const CHOOSE_AGAIN: ReadonlySet<ErrorCode> = new Set(["session-in-use", "session-taken", "bad-save"]);

export class ChoiceStore extends Store<ChoiceSnapshot> {
  readonly #machine: ChoiceMachine;
  #beginning: Beginning | undefined;
  #page: PageDoor | undefined;
  /** The page is to be as it was with the machine that has been chosen; done once both are there. */
  #toResume: { readonly place: string | undefined } | undefined;

  constructor(machine: ChoiceMachine) {
    super({ phase: "looking", saved: [], problem: undefined });
    this.#machine = machine;
    machine.subscribe(() => this.#follow());
  }

  /**
   * Looks for kept machines, and starts a clean one when there are none. Never rejects: what goes wrong is the machine's
   * status, and a list that cannot be had is none.
   */
  async begin(): Promise<void> {
    this.update({ phase: "looking" });
    let saved: readonly SavedSession[] = [];
    try {
      await this.#machine.open();
    } catch {
      // The machine's status says so, and the page the ways on.
      return;
    }
    try {
      saved = await this.#machine.sessions.list(this.#machine.guestUrl);
    } catch {
      // What is kept cannot be read at all: a clean machine is better than none, and it will say that nothing is kept.
    }
    if (saved.length === 0) this.startClean();
    else this.update({ phase: "choosing", saved });
  }

  /** The page that is shown as it was when a kept machine goes on. */
  setPage(page: PageDoor): void {
    this.#page = page;
    this.#resume();
  }

  startClean(): void {
    this.#start({ kind: "new" });
  }

  goOn(session: SavedSession): void {
    this.#start(beginningOf(session));
  }

  /** Another machine in place of the running one, which is saved first by whoever calls this. */
  replace(beginning: Beginning): void {
    this.#machine.close();
    this.#start(beginning);
  }

  /** Another try with the same machine after a failure, or with whatever there is when none was chosen. */
  tryAgain(): void {
    if (this.#beginning === undefined) void this.begin();
    else void this.#machine.start();
  }

  /** Ends the present machine, and asks again. */
  async chooseAgain(): Promise<void> {
    this.#beginning = undefined;
    this.#machine.close();
    this.update({ problem: undefined });
    await this.begin();
  }

  #start(beginning: Beginning): void {
    this.#beginning = beginning;
    this.#toResume = beginning.kind === "kept" ? { place: beginning.place } : undefined;
    this.update({ phase: "begun", problem: undefined });
    void this.#machine.start(beginning);
  }

  #resume(): void {
    if (this.#page === undefined || this.#toResume === undefined) return;
    if (!isRunning(this.#machine.getSnapshot().status)) return;
    const { place } = this.#toResume;
    this.#toResume = undefined;
    this.#page.resume(place);
  }

  #follow(): void {
    this.#resume();
    const { status } = this.#machine.getSnapshot();
    const beginning = this.#beginning;
    if (status.kind !== "failed" || beginning?.kind !== "kept" || this.getSnapshot().phase !== "begun")
      return;
    if (!CHOOSE_AGAIN.has(status.error.code)) return;
    this.#beginning = undefined;
    this.update({ phase: "choosing", problem: { id: beginning.id, error: status.error } });
    void this.#list();
  }

  async #list(): Promise<void> {
    try {
      const saved = await this.#machine.sessions.list(this.#machine.guestUrl);
      if (this.getSnapshot().phase === "choosing") this.update({ saved });
    } catch (error) {
      // The former list stays; what is chosen from it is checked anyway.
      const { problem } = this.getSnapshot();
      if (problem === undefined) this.update({ problem: { id: "", error: serialiseError(error) } });
    }
  }
}

/** Whoever chooses a machine that another tab has has been told so. */
export function beginningOf({ id, isInUse, place }: SavedSession): Beginning {
  return { kind: "kept", id, takeOver: isInUse, place };
}
