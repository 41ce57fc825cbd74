/** The restore points of the running machine: the last states to which it can go back in place. */
import { serialiseError, type SerialisedError } from "../../contract/errors";
import { MAX_NAME_CHARS, MAX_POINTS, type RestorePoint } from "../../contract/sessions";
import { Store } from "../store";
import { isRunning, type MachineClient } from "../vm/machine-client";
import type { PageDoor } from "./page-door";
import type { Saver } from "./saver";

export type PointsMachine = Pick<MachineClient, "getSnapshot" | "subscribe" | "listen" | "sessions">;

export interface PointsSnapshot {
  /** The last first. */
  readonly points: readonly RestorePoint[];
  /** `leaving` a point behind, or `returning` to one. */
  readonly busy: "no" | "leaving" | "returning";
  readonly failure: SerialisedError | undefined;
}

const NONE: PointsSnapshot = { points: [], busy: "no", failure: undefined };

export class PointsStore extends Store<PointsSnapshot> {
  readonly #machine: PointsMachine;
  readonly #saver: Pick<Saver, "savePoint">;
  #page: PageDoor | undefined;
  #wasRunning = false;

  constructor(machine: PointsMachine, saver: Pick<Saver, "savePoint">) {
    super(NONE);
    this.#machine = machine;
    this.#saver = saver;
    machine.subscribe(() => this.#follow());
    machine.listen({
      onSaveMark: () => undefined,
      onRewound: (place) => this.#page?.resume(place),
      onActivity: () => undefined,
    });
  }

  setPage(page: PageDoor): void {
    this.#page = page;
  }

  /** Whether the machine can leave points behind: `unavailable` storage keeps them in memory. */
  get canLeave(): boolean {
    const { status, session } = this.#machine.getSnapshot();
    return isRunning(status) && session.kind !== "none" && session.kind !== "taken";
  }

  /** Leaves a point behind. Never rejects: a machine that cannot has none. */
  async leave(kind: string, label: string): Promise<void> {
    if (!this.canLeave) return;
    this.update({ busy: "leaving", failure: undefined });
    const outcome = await this.#saver.savePoint({ kind, label: label.slice(0, MAX_NAME_CHARS) });
    if (outcome.kind === "failed") this.update({ busy: "no", failure: outcome.error });
    else {
      await this.#list();
      this.update({ busy: "no" });
    }
  }

  /** Goes back to a point out of the list, and leaves one behind first, so that this can be undone. */
  async undoTo(point: RestorePoint): Promise<void> {
    const { points } = this.getSnapshot();
    // One more would drop the oldest, which must not be the one that is wanted.
    const isNext = points.length >= MAX_POINTS && points.at(-1)?.id === point.id;
    if (!isNext) await this.leave("jump", "");
    // What could not be saved is not thrown away.
    if (this.getSnapshot().failure === undefined) await this.goBack(point);
  }

  /** Takes the machine and the page back. Never rejects; false when that could not be done. */
  async goBack(point: RestorePoint): Promise<boolean> {
    this.update({ busy: "returning", failure: undefined });
    try {
      await this.#machine.sessions.goBack(point.id);
      this.#page?.settle();
      await this.#list();
      this.update({ busy: "no" });
      return true;
    } catch (error) {
      this.update({ busy: "no", failure: serialiseError(error) });
      return false;
    }
  }

  async #list(): Promise<void> {
    try {
      this.update({ points: await this.#machine.sessions.points() });
    } catch {
      // The machine has gone, or keeps nothing: it has no points then.
      this.update({ points: [] });
    }
  }

  #follow(): void {
    const running = isRunning(this.#machine.getSnapshot().status);
    if (running === this.#wasRunning) return;
    this.#wasRunning = running;
    if (running) void this.#list();
    else this.update(NONE);
  }
}
