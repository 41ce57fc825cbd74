/**
 * A running machine: the emulator with its disk, its consoles and the guest's agent. The page's worker, the headless
 * runner and the snapshot builder all use this one.
 */
import { AgentClient } from "../agent/client";
import type { DiskDevice } from "../disk/device";
import type { Disk } from "../disk/disk";
import { DrydockError } from "../../contract/errors";
import { CONSOLE_COUNT, type ConsoleId } from "../../contract/protocol";
import type { MemoryImage } from "./checkpoint/memory-image";
import { ConsolePort } from "./console-port";
import type { Lan } from "../lan/lan";
import { HardwareDoor } from "./hardware-door";
import type { OpenRelaySocket } from "../lan/wisp/client";
import type { Emulator } from "./emulator/emulator";
import { GUEST_ADDRESS, type Network, plugIntoLan } from "./network";
import { CONNECTION_FILES, parseConnections } from "./old-connections";
import type { RegistryPorts } from "./registries";
import { RunGate } from "./run-gate";

/** hvc3: the agent's channel. */
const AGENT_PORT = 3;
/** Milliseconds between two readings of the instruction counter, which wraps after some ten seconds of work. */
const COUNTER_MS = 5000;
/** The guest's clock is set again when the processor stood still for this many milliseconds. */
const CLOCK_SLIP_MS = 500;

export interface MachineParts {
  readonly emulator: Emulator;
  readonly disk: Disk;
  readonly device: DiskDevice;
  /** What RAM held before the machine ran. */
  readonly base: MemoryImage;
  /** Resolves when all of RAM is in place. */
  readonly filled: Promise<void>;
}

/** What a machine may have besides. */
export interface MachineOptions {
  /** Without them, no registry answers in the machine's network. */
  readonly registries?: RegistryPorts | undefined;
  /** Without it, the machine can have no relay. */
  readonly openRelaySocket?: OpenRelaySocket | undefined;
}

export class Machine {
  readonly emulator: Emulator;
  readonly disk: Disk;
  readonly device: DiskDevice;
  readonly base: MemoryImage;
  readonly filled: Promise<void>;
  readonly agent: AgentClient;
  readonly #network: Network;
  readonly #consoles: readonly ConsolePort[];
  readonly #agentPort: ConsolePort;
  readonly #counter: ReturnType<typeof setInterval>;
  readonly #gate: RunGate;
  #clockSet: Promise<unknown> = Promise.resolve();

  constructor(parts: MachineParts, options: MachineOptions = {}) {
    this.emulator = parts.emulator;
    this.disk = parts.disk;
    this.device = parts.device;
    this.base = parts.base;
    this.filled = parts.filled;
    const door = new HardwareDoor(parts.emulator);
    this.#consoles = Array.from({ length: CONSOLE_COUNT }, (_, port) => new ConsolePort(door, port));
    this.#agentPort = new ConsolePort(door, AGENT_PORT);
    this.agent = new AgentClient(this.#agentPort);
    this.#network = plugIntoLan(door, options.registries, options.openRelaySocket);
    this.#counter = setInterval(() => this.emulator.instructions, COUNTER_MS);
    this.#gate = new RunGate({
      processor: parts.emulator,
      holder: "not started",
      onStop: () => {
        door.close();
        this.#network.clock.pause();
      },
      onRun: (stoodStillMs) => {
        door.open();
        this.#network.clock.resume();
        if (stoodStillMs >= CLOCK_SLIP_MS) this.#setClock();
      },
    });
  }

  get lan(): Lan {
    return this.#network.lan;
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
    await this.#gate.release("not started");
    await this.agent.hello(signal);
    await this.agent.setClock(Date.now());
    await this.agent.waitReady(signal);
  }

  /** For a machine that went to another state: ends the guest's connections to the network of before. Never rejects. */
  async endOldConnections(): Promise<void> {
    try {
      const { stdout } = await this.agent.run(["cat", ...CONNECTION_FILES]);
      for (const { guest, peer } of parseConnections(stdout, GUEST_ADDRESS)) this.lan.ask(peer, guest);
    } catch {
      // The machine has gone on already. The guest's programs give up by themselves, later.
    }
  }

  /** Through which Wisp relay the machine reaches the Internet, if any. Throws `LanError` `bad-argument`. */
  setRelay(url: string | undefined): void {
    this.#network.setRelay(url);
  }

  /** Drops everything that was ever pushed to the registries. */
  dropImages(): Promise<void> {
    return this.#network.dropImages();
  }

  /** Drops from the registries' storage what no image needs any more. Never rejects. */
  collectGarbage(): Promise<void> {
    return this.#network.collectGarbage();
  }

  /**
   * Makes the machine stand still until this holder and all others have let go. The guest does not notice but for the
   * clock, which is set right afterwards.
   */
  hold(holder: string): Promise<void> {
    return this.#gate.hold(holder);
  }

  /** Resolves when the machine runs and has the right time, or when it is clear that somebody else holds it. */
  async release(holder: string): Promise<void> {
    await this.#gate.release(holder);
    await this.#clockSet;
  }

  /** Ends the machine; every pending call is rejected with `aborted`. Its memory is free once nobody holds it. */
  async destroy(): Promise<void> {
    await this.detach();
    await this.emulator.destroy();
  }

  /** Ends the machine as `destroy` does, but for the emulator, which stands still. */
  async detach(): Promise<void> {
    clearInterval(this.#counter);
    const reason = new DrydockError("aborted", "the machine was ended");
    this.agent.close(reason);
    this.#network.close();
    for (const port of [...this.#consoles, this.#agentPort]) port.close(reason);
    await this.#gate.hold("ended");
  }

  #setClock(): void {
    this.#clockSet = this.agent.setClock(Date.now()).catch(() => {
      // The agent has not been greeted yet, which `start` does and then sets the clock; or it is gone for good, which
      // whoever asks it next will hear.
    });
  }
}
