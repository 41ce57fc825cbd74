/**
 * One machine that runs cases one after the other. Each begins in the snapshot's state, with nothing in the registries
 * but the catalogue: the machine goes back to it in place, which keeps it warm.
 */
import type { Machine } from "../../worker/machine/machine";
import { CONSOLE_COUNT, type ConsoleId } from "../../contract/protocol";
import { messageOf } from "../../contract/errors";
import { registryFailure } from "../../worker/machine/registry-failure";
import {
  openCheckpoint,
  takeCheckpoint,
  type MachineState,
} from "../../worker/machine/checkpoint/checkpoint";
import { restoreInNode } from "../../worker/node/machine-in-node";
import { openRegistriesInNode } from "../../worker/node/registries-in-node";
import type { Case } from "./case";
import { describeStep, runStep, type Bench } from "./run-step";
import { fitTerminals, Terminal } from "./terminal";

/** The same for cases that need the same images. */
export const imagesKey = ({ images }: Case): string => [...images].sort().join(" ");

const RESTORE_MS = 240_000;
const PULL_MS = 600_000;
const LAST_WORDS_MS = 20_000;

export class Lane {
  readonly #guestFolder: string;
  readonly #say: (text: string) => void;
  #bench: Bench | undefined;
  /** The snapshot's state. */
  #clean: MachineState | undefined;
  /** The same with the last case's images. */
  #pulled: { readonly images: string; readonly checkpoint: MachineState } | undefined;

  /** @param say what is no failure of a case, and no part of what it prints */
  constructor(guestFolder: string, say: (text: string) => void) {
    this.#guestFolder = guestFolder;
    this.#say = say;
  }

  /** @throws Error with the step that failed, and what a person needs to see */
  async run(each: Case): Promise<void> {
    let at = "getting the machine ready";
    try {
      const bench = await this.#prepare(each);
      for (const [index, step] of each.steps.entries()) {
        at = `step ${index + 1}: ${describeStep(step)}`;
        await runStep(bench, step);
      }
    } catch (error) {
      throw new Error(`${at}\n${messageOf(error)}${await this.#lastWords()}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    const bench = this.#bench;
    this.#bench = undefined;
    this.#clean = undefined;
    this.#pulled = undefined;
    await bench?.machine.destroy();
  }

  async #prepare(each: Case): Promise<Bench> {
    try {
      return await this.#goBack(each);
    } catch (error) {
      if (this.#bench === undefined) throw error;
      this.#say(`a new machine, because ${messageOf(error)}`);
      await this.close();
      return this.#goBack(each);
    }
  }

  async #goBack(each: Case): Promise<Bench> {
    const { images } = each;
    const key = imagesKey(each);
    if (this.#pulled?.images === key) return this.#open(this.#pulled.checkpoint);
    this.#clean ??= await this.#restore();
    const bench = await this.#open(this.#clean);
    if (images.length === 0) return bench;
    for (const image of images) await this.#pull(bench.machine, image);
    const checkpoint = await takeCheckpoint(bench.machine);
    this.#pulled = { images: key, checkpoint };
    return bench;
  }

  async #restore(): Promise<MachineState> {
    const signal = AbortSignal.timeout(RESTORE_MS);
    const machine = await restoreInNode(this.#guestFolder, signal);
    // Once, before the state that every case begins in: none is typed into a shell that is drawing its prompt anew.
    await fitTerminals(machine);
    this.#bench = { machine, terminals: [] };
    return takeCheckpoint(machine);
  }

  async #open(checkpoint: MachineState): Promise<Bench> {
    const registries = await openRegistriesInNode({
      guestFolder: this.#guestFolder,
      onFailure: (error) => this.#say(`registry: ${registryFailure(error).message}`),
    });
    if (this.#bench === undefined) throw new Error("no machine runs");
    const machine = await openCheckpoint(checkpoint, { registries }, this.#bench.machine);
    const ids = Array.from({ length: CONSOLE_COUNT }, (_, id) => id as ConsoleId);
    this.#bench = { machine, terminals: ids.map((id) => new Terminal(machine, id)) };
    return this.#bench;
  }

  async #pull(machine: Machine, image: string): Promise<void> {
    const { status, stdout } = await machine.agent.run(
      `docker image inspect -f . ${image} >/dev/null 2>&1 || docker pull ${image}`,
      { mergeStderr: true, signal: AbortSignal.timeout(PULL_MS) },
    );
    if (status !== 0) throw new Error(`docker pull ${image} ended with ${status}:\n${stdout}`);
  }

  /** The terminals, the containers and the daemon's log, as far as the machine still answers. */
  async #lastWords(): Promise<string> {
    const bench = this.#bench;
    if (bench === undefined) return "";
    const screens = bench.terminals.map(({ text }, id) =>
      text === "" ? "" : `\n-- terminal ${id}:\n${text.slice(-1500)}`,
    );
    let log: string;
    try {
      const { stdout } = await bench.machine.agent.run(
        "tail -n 8 /var/log/docker.log | cut -c1-300; ps -e -o pid,stat,args --sort=-start_time | head -n 12",
        { mergeStderr: true, signal: AbortSignal.timeout(LAST_WORDS_MS) },
      );
      log = `\n-- the machine:\n${stdout}`;
    } catch (error) {
      log = `\n-- the machine does not answer: ${messageOf(error)}`;
    }
    return screens.join("") + log;
  }
}
