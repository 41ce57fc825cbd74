/** The machine as a lesson uses it: whether it is still as it was booted, and the work that brings it to a step. */
import type { CheckRequest, GuestAction } from "../../../contract/checks";
import { DrydockError } from "../../../contract/errors";
import type { MachineDoor } from "./doors";
import type { Task } from "../format/prepare";

export interface LessonMachineListener {
  /** Something is different, of which `isReady` may tell. Comes before the others. */
  onChange(): void;
  /** Another machine is ready. */
  onReady(): void;
  /** The machine has gone. A pause is not an end. */
  onGone(): void;
}

export interface WorkOptions {
  /** Called before each task. */
  onTask(title: string, done: number): void;
  /** False once the learner has asked for something else: the rest is left undone. */
  isWanted(): boolean;
}

export class LessonMachine {
  readonly #door: MachineDoor;
  #wasReady: boolean;

  constructor(door: MachineDoor, listener: LessonMachineListener) {
    this.#door = door;
    this.#wasReady = this.isReady;
    door.subscribe(() => this.#follow(listener));
  }

  get isReady(): boolean {
    return this.#door.getSnapshot().status.kind === "ready";
  }

  /** Ready, and neither a lesson nor the learner has done anything in it. */
  get isClean(): boolean {
    return this.isReady && !this.#door.isTouched;
  }

  /** A new machine. What goes wrong with it is in its status. */
  restart(): Promise<void> {
    return this.#door.restart();
  }

  /**
   * Does the tasks one by one; false when that is no longer wanted.
   * @throws DrydockError `internal` with the output of a script that failed, and as `LessonService.perform` does
   */
  async work(tasks: readonly Task[], options: WorkOptions): Promise<boolean> {
    for (const [done, { title, actions }] of tasks.entries()) {
      options.onTask(title, done);
      for (const action of actions) {
        const { status, output } = await this.#door.lesson.perform(action);
        if (!options.isWanted()) return false;
        if (action.type === "script" && status !== 0) {
          const message = output.trim() || `status ${status ?? "unknown"}`;
          throw new DrydockError("internal", message, { subject: title });
        }
      }
    }
    return options.isWanted();
  }

  /** Saves a file, and has the step looked at. */
  async save(file: GuestAction): Promise<void> {
    await this.#door.lesson.perform(file);
    await this.#door.lesson.checkNow();
  }

  /** Has a step looked at from now on, or none. Never rejects: the machine's status says what is the matter with it. */
  async watch(request: CheckRequest | undefined): Promise<void> {
    if (!this.isReady) return;
    try {
      await this.#door.lesson.watchStep(request);
    } catch {
      // The machine has gone meanwhile; the next one is asked again.
    }
  }

  /** Looks at the watched step at once. */
  checkNow(): void {
    this.#door.lesson.checkNow().catch(() => {
      // The machine has gone meanwhile; the next one is asked again.
    });
  }

  #follow(listener: LessonMachineListener): void {
    listener.onChange();
    const ready = this.isReady;
    if (this.#door.getSnapshot().status.kind === "paused" || ready === this.#wasReady) return;
    this.#wasReady = ready;
    if (ready) listener.onReady();
    else listener.onGone();
  }
}
