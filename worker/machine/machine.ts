/**
 * A running machine: the emulator with its disk, its consoles and the guest's agent. The page's worker, the headless
 * runner and the snapshot builder all use this one.
 */
import { AgentClient } from "../agent/client";
import type { DiskDevice } from "../disk/device";
import type { Disk } from "../disk/disk";
import { DrydockError } from "../errors";
import { CONSOLE_COUNT, type ConsoleId } from "../protocol";
import { ConsolePort } from "./console-port";
import type { Emulator } from "./emulator";

/** hvc3: the agent's channel. */
const AGENT_PORT = 3;
/** Milliseconds between two readings of the instruction counter, which wraps after some ten seconds of work. */
const COUNTER_MS = 5000;

export interface MachineParts {
  readonly emulator: Emulator;
  readonly disk: Disk;
  readonly device: DiskDevice;
}

export class Machine {
  readonly emulator: Emulator;
  readonly disk: Disk;
  readonly device: DiskDevice;
  readonly agent: AgentClient;
  readonly #consoles: readonly ConsolePort[];
  readonly #agentPort: ConsolePort;
  readonly #counter: ReturnType<typeof setInterval>;

  constructor(parts: MachineParts) {
    this.emulator = parts.emulator;
    this.disk = parts.disk;
    this.device = parts.device;
    this.#consoles = Array.from(
      { length: CONSOLE_COUNT },
      (_, port) => new ConsolePort(parts.emulator, port),
    );
    this.#agentPort = new ConsolePort(parts.emulator, AGENT_PORT);
    this.agent = new AgentClient(this.#agentPort);
    this.#counter = setInterval(() => this.emulator.instructions, COUNTER_MS);
  }

  console(id: ConsoleId): ConsolePort {
    const port = this.#consoles[id];
    if (port === undefined) throw new DrydockError("bad-request", `there is no console ${String(id)}`);
    return port;
  }

  /**
   * Runs the machine until its agent says that Docker is ready, and sets the guest's clock: it is stale after a
   * restore (the processor's counter goes on from where the snapshot left it).
   * @throws DrydockError `agent`, `aborted`
   */
  async start(signal?: AbortSignal): Promise<void> {
    await this.emulator.run();
    await this.agent.hello(signal);
    await this.agent.setClock(Date.now());
    await this.agent.waitReady(signal);
  }

  /** Stands still at once; the guest does not notice but for the clock, which `resume` sets right. */
  async pause(): Promise<void> {
    await this.emulator.stop();
  }

  async resume(): Promise<void> {
    await this.emulator.run();
    await this.agent.setClock(Date.now());
  }

  /** Ends the machine; every pending call is rejected with `aborted`. Its memory is free once nobody holds it. */
  async destroy(): Promise<void> {
    clearInterval(this.#counter);
    const reason = new DrydockError("aborted", "the machine was ended");
    this.agent.close(reason);
    for (const port of [...this.#consoles, this.#agentPort]) port.close(reason);
    await this.emulator.destroy();
  }
}
