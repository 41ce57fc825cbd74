/** One machine that runs cases one after the other, and is restored anew when a case asks for it or left it dirty. */
import type { Machine } from "../../worker/machine/machine";
import { CONSOLE_COUNT, type ConsoleId } from "../../worker/protocol";
import { messageOf } from "../../worker/errors";
import { registryFailure } from "../../worker/machine/registry-failure";
import { restoreInNode } from "../../worker/node/machine-in-node";
import { openRegistriesInNode } from "../../worker/node/registries-in-node";
import { cleanUp } from "./base-state";
import type { Case } from "./case";
import { describeStep, runStep, type Bench } from "./run-step";
import { Terminal } from "./terminal";

const RESTORE_MS = 240_000;
const PULL_MS = 600_000;
const LAST_WORDS_MS = 20_000;

export interface CaseResult {
  readonly seconds: number;
  /** Undefined when the case passed; otherwise what a person needs to see. */
  readonly failure: string | undefined;
}

export class Lane {
  readonly #guestFolder: string;
  readonly #say: (text: string) => void;
  #bench: Bench | undefined;
  #used = false;

  constructor(guestFolder: string, say: (text: string) => void) {
    this.#guestFolder = guestFolder;
    this.#say = say;
  }

  /** Never throws: what goes wrong is the case's failure. The seconds are those of the steps. */
  async run(each: Case): Promise<CaseResult> {
    let began = performance.now();
    let at = "getting the machine ready";
    let failure: string | undefined;
    try {
      const bench = await this.#prepare(each);
      began = performance.now();
      for (const [index, step] of each.steps.entries()) {
        at = `step ${index + 1}: ${describeStep(step)}`;
        this.#say(at);
        await runStep(bench, step);
      }
    } catch (error) {
      failure = `${at}\n${messageOf(error)}${await this.#lastWords()}`;
    }
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    if (failure !== undefined || each.fresh) await this.close();
    return { seconds, failure };
  }

  async close(): Promise<void> {
    const bench = this.#bench;
    this.#bench = undefined;
    await bench?.machine.destroy();
  }

  async #prepare(each: Case): Promise<Bench> {
    if (each.fresh) await this.close();
    let bench = this.#bench;
    if (bench !== undefined && this.#used) {
      try {
        this.#say("cleaning up");
        await cleanUp(bench.machine, each.images);
      } catch (error) {
        this.#say(`a new machine, because ${messageOf(error)}`);
        await this.close();
        bench = undefined;
      }
    }
    bench ??= await this.#restore();
    this.#used = true;
    for (const image of each.images) await this.#pull(bench.machine, image);
    return bench;
  }

  async #restore(): Promise<Bench> {
    this.#say("restoring");
    const registries = await openRegistriesInNode({
      guestFolder: this.#guestFolder,
      onFailure: (error) => this.#say(`registry: ${registryFailure(error).message}`),
    });
    const machine = await restoreInNode(this.#guestFolder, AbortSignal.timeout(RESTORE_MS), { registries });
    const ids = Array.from({ length: CONSOLE_COUNT }, (_, id) => id as ConsoleId);
    this.#bench = { machine, terminals: ids.map((id) => new Terminal(machine, id)) };
    return this.#bench;
  }

  async #pull(machine: Machine, image: string): Promise<void> {
    this.#say(`pulling ${image}`);
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
