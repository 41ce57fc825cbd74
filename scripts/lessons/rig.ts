/** One machine on which lessons are proved, one after another: what the page does for a learner, without a page. */
import type { ActionReport, GuestAction } from "../../contract/checks";
import { messageOf } from "../../contract/errors";
import { ActionRunner } from "../../worker/checks/actions";
import { evaluateStep, type Evaluation } from "../../worker/checks/evaluate";
import { rightAnswer } from "../../worker/checks/kinds/answer";
import type { StepRequest } from "../../worker/checks/request";
import { Round } from "../../worker/checks/round";
import { createMemoryStorage, type MemoryStorage } from "../../worker/hub/storage/memory-store";
import { openLessonDoors } from "../../worker/lesson-services";
import type { Machine } from "../../worker/machine/machine";
import type { RegistryPorts } from "../../worker/machine/registries";
import {
  openCheckpoint,
  takeCheckpoint,
  type MachineState,
} from "../../worker/machine/checkpoint/checkpoint";
import { restoreInNode } from "../../worker/node/machine-in-node";
import { openRegistriesInNode } from "../../worker/node/registries-in-node";

const LOOK_MS = 500;

/** The machine's state, and that of its registries. */
export interface RigCheckpoint {
  readonly machine: MachineState;
  readonly pushed: MemoryStorage;
}

/** What there is as long as a machine runs. */
interface Running {
  readonly machine: Machine;
  readonly pushed: MemoryStorage;
  readonly doors: ReturnType<typeof openLessonDoors>;
  readonly actions: ActionRunner;
}

export class Rig {
  readonly #guestFolder: string;
  #running: Running | undefined;
  #clean: RigCheckpoint | undefined;
  /** Ends what the present proof does. */
  signal: AbortSignal = new AbortController().signal;

  /** @param guestFolder whose machine is restored when it is first needed */
  constructor(guestFolder: string) {
    this.#guestFolder = guestFolder;
  }

  /** A clean machine, with registries into which nothing has been pushed: the same one in place, if it still can. */
  async reset(): Promise<void> {
    if (this.#clean !== undefined) {
      try {
        await this.back(this.#clean);
        return;
      } catch (error) {
        console.error(`a new machine, because ${messageOf(error)}`);
        await this.close();
      }
    }
    const pushed = createMemoryStorage();
    const registries = await openRegistries(this.#guestFolder, pushed);
    this.#run(await restoreInNode(this.#guestFolder, this.signal, { registries }), pushed);
    this.#clean = await this.checkpoint();
  }

  perform(action: GuestAction): Promise<ActionReport> {
    return this.#present.actions.perform(action, this.signal);
  }

  /** Looks until `enough` says so, for so many seconds at most; the last look. */
  async lookUntil(
    request: StepRequest,
    seconds: number,
    enough: (evaluation: Evaluation) => boolean,
  ): Promise<Evaluation> {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      const evaluation = await evaluateStep(request, this.#present.doors, this.signal);
      if (enough(evaluation) || performance.now() > end) return evaluation;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** What a question's command prints. */
  answerOf(command: string): Promise<string> {
    return rightAnswer(command, new Round(this.#present.doors, this.signal));
  }

  /** The present state. The rig goes on. */
  async checkpoint(): Promise<RigCheckpoint> {
    const { machine, pushed } = this.#present;
    return { machine: await takeCheckpoint(machine), pushed: pushed.copy() };
  }

  async back(checkpoint: RigCheckpoint): Promise<void> {
    const { machine } = this.#present;
    const pushed = checkpoint.pushed.copy();
    const registries = await openRegistries(this.#guestFolder, pushed);
    this.#run(await openCheckpoint(checkpoint.machine, { registries }, machine), pushed);
  }

  async close(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.#clean = undefined;
    await running?.machine.destroy();
  }

  get #present(): Running {
    if (this.#running === undefined) throw new Error("no machine runs");
    return this.#running;
  }

  #run(machine: Machine, pushed: MemoryStorage): void {
    const doors = openLessonDoors(machine.agent);
    this.#running = { machine, pushed, doors, actions: new ActionRunner(doors) };
  }
}

function openRegistries(guestFolder: string, storage: MemoryStorage): Promise<RegistryPorts> {
  return openRegistriesInNode({ guestFolder, storage, onFailure: () => undefined });
}
