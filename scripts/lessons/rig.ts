/** One machine on which a lesson is proved: what the page does for a learner, without a page. */
import type { ActionReport, GuestAction } from "../../contract/checks";
import { ActionRunner } from "../../worker/checks/actions";
import { evaluateStep, type Evaluation } from "../../worker/checks/evaluate";
import { rightAnswer } from "../../worker/checks/kinds/answer";
import type { StepRequest } from "../../worker/checks/request";
import { Round } from "../../worker/checks/round";
import { createMemoryStorage, type MemoryStorage } from "../../worker/hub/storage/memory-store";
import { openLessonDoors } from "../../worker/lesson-services";
import type { Machine } from "../../worker/machine/machine";
import type { RegistryPorts } from "../../worker/machine/registries";
import { openCheckpoint, takeCheckpoint, type Checkpoint } from "../../worker/machine/checkpoint";
import { restoreInNode } from "../../worker/node/machine-in-node";
import { openRegistriesInNode } from "../../worker/node/registries-in-node";

const LOOK_MS = 500;

/** The machine's state, and that of its registries. */
export interface RigCheckpoint {
  readonly machine: Checkpoint;
  readonly pushed: MemoryStorage;
}

export class Rig {
  readonly #guestFolder: string;
  readonly #signal = new AbortController().signal;
  #pushed: MemoryStorage;
  #machine: Machine;
  #doors: ReturnType<typeof openLessonDoors>;
  #actions: ActionRunner;

  private constructor(guestFolder: string, pushed: MemoryStorage, machine: Machine) {
    this.#guestFolder = guestFolder;
    this.#pushed = pushed;
    this.#machine = machine;
    this.#doors = openLessonDoors(machine.agent);
    this.#actions = new ActionRunner(this.#doors);
  }

  /** A clean machine, with registries into which nothing has been pushed. */
  static async open(guestFolder: string): Promise<Rig> {
    const pushed = createMemoryStorage();
    const registries = await openRegistries(guestFolder, pushed);
    return new Rig(guestFolder, pushed, await restoreInNode(guestFolder, undefined, { registries }));
  }

  perform(action: GuestAction): Promise<ActionReport> {
    return this.#actions.perform(action, this.#signal);
  }

  /** Looks until `enough` says so, for so many seconds at most; the last look. */
  async lookUntil(
    request: StepRequest,
    seconds: number,
    enough: (evaluation: Evaluation) => boolean,
  ): Promise<Evaluation> {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      const evaluation = await evaluateStep(request, this.#doors, this.#signal);
      if (enough(evaluation) || performance.now() > end) return evaluation;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** What a question's command prints. */
  answerOf(command: string): Promise<string> {
    return rightAnswer(command, new Round(this.#doors, this.#signal));
  }

  /** The present state. The rig goes on from it at once. */
  async checkpoint(): Promise<RigCheckpoint> {
    const checkpoint = { machine: await takeCheckpoint(this.#machine), pushed: this.#pushed.copy() };
    await this.#open(checkpoint, undefined);
    return checkpoint;
  }

  async back(checkpoint: RigCheckpoint): Promise<void> {
    await this.#open(checkpoint, this.#machine);
  }

  async close(): Promise<void> {
    await this.#machine.destroy();
  }

  async #open({ machine, pushed }: RigCheckpoint, present: Machine | undefined): Promise<void> {
    this.#pushed = pushed.copy();
    const registries = await openRegistries(this.#guestFolder, this.#pushed);
    this.#machine = await openCheckpoint(machine, { registries }, present);
    this.#doors = openLessonDoors(this.#machine.agent);
    this.#actions = new ActionRunner(this.#doors);
  }
}

function openRegistries(guestFolder: string, storage: MemoryStorage): Promise<RegistryPorts> {
  return openRegistriesInNode({ guestFolder, storage, onFailure: () => undefined });
}
