/** One machine on which a lesson is proved: what the page does for a learner, without a page. */
import type { ActionReport, CheckRequest, GuestAction } from "../../worker/check-spec";
import { ActionRunner } from "../../worker/checks/actions";
import { Round } from "../../worker/checks/doors";
import { evaluateStep, type Evaluation } from "../../worker/checks/evaluate";
import { rightAnswer } from "../../worker/checks/programs";
import { openLessonDoors } from "../../worker/lesson-services";
import type { Machine } from "../../worker/machine/machine";
import { openCheckpoint, takeCheckpoint, type Checkpoint } from "../../worker/node/checkpoint";
import { restoreInNode } from "../../worker/node/machine-in-node";
import { openRegistriesInNode } from "../../worker/node/registries-in-node";

const LOOK_MS = 500;

export class Rig {
  readonly #registries: Awaited<ReturnType<typeof openRegistriesInNode>>;
  readonly #signal = new AbortController().signal;
  #machine: Machine;
  #doors: ReturnType<typeof openLessonDoors>;
  #actions: ActionRunner;

  private constructor(registries: Awaited<ReturnType<typeof openRegistriesInNode>>, machine: Machine) {
    this.#registries = registries;
    this.#machine = machine;
    this.#doors = openLessonDoors(machine.agent);
    this.#actions = new ActionRunner(this.#doors);
  }

  /** A clean machine, with registries into which nothing has been pushed. */
  static async open(guestFolder: string): Promise<Rig> {
    const registries = await openRegistriesInNode({
      guestFolder,
      dataFolder: undefined,
      onFailure: () => undefined,
    });
    return new Rig(registries, await restoreInNode(guestFolder, undefined, { registries }));
  }

  perform(action: GuestAction): Promise<ActionReport> {
    return this.#actions.perform(action, this.#signal);
  }

  /** Looks until `enough` says so, for so many seconds at most; the last look. */
  async lookUntil(
    request: CheckRequest,
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

  /** The machine's present state. The rig goes on from it at once. */
  async checkpoint(): Promise<Checkpoint> {
    const checkpoint = await takeCheckpoint(this.#machine);
    await this.#open(checkpoint, undefined);
    return checkpoint;
  }

  async back(checkpoint: Checkpoint): Promise<void> {
    await this.#open(checkpoint, this.#machine);
  }

  async close(): Promise<void> {
    await this.#machine.destroy();
  }

  async #open(checkpoint: Checkpoint, present: Machine | undefined): Promise<void> {
    this.#machine = await openCheckpoint(checkpoint, { registries: this.#registries }, present);
    this.#doors = openLessonDoors(this.#machine.agent);
    this.#actions = new ActionRunner(this.#doors);
  }
}
