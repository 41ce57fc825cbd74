/**
 * The machine as the page sees it: one status at a time in an external store (for `useSyncExternalStore`), the three
 * consoles, and the learner's commands. Workers come and go behind it.
 */
import type { StepResult } from "../../contract/checks";
import { DrydockError, serialiseError, type ErrorCode } from "../../contract/errors";
import type {
  ConsoleService,
  DiskFault,
  GuestService,
  LessonService,
  MachineEvent,
  MachineService,
  MachineStatus,
  PublishedPort,
  RegistryFailure,
  Remote,
  StartOptions,
} from "../../contract/protocol";
import { ConsoleFeed, type ConsoleListener } from "./console-feed";
import { WorkerLink, type Clock, type WorkerLike } from "./worker-link";

export interface MachineSnapshot {
  readonly status: MachineStatus;
  /** The disk block that the guest waits for; undefined when it waits for none. */
  readonly fault: DiskFault | undefined;
  /** How much of the rest of the disk is here; undefined before the worker says. */
  readonly prefetch: { readonly bytes: number; readonly total: number } | undefined;
  /** The registries' last failure, until the learner has seen it. */
  readonly registryFailure: RegistryFailure | undefined;
  /** What running containers publish. */
  readonly ports: readonly PublishedPort[];
}

export type StepListener = (step: string, result: StepResult) => void;

export interface MachineClientOptions {
  createWorker(): WorkerLike;
  startOptions(): StartOptions;
  /** The reason why this browser cannot run the machine, if there is one. */
  checkBrowser(): DrydockError | undefined;
  readonly clock: Clock;
}

/** After these the worker is sound and keeps what it has loaded: `start` goes on from there. */
const RESUMABLE: ReadonlySet<ErrorCode> = new Set(["network", "bad-chunk", "bad-manifest"]);

const IDLE: MachineSnapshot = {
  status: { kind: "idle" },
  fault: undefined,
  prefetch: undefined,
  registryFailure: undefined,
  ports: [],
};

type Groups = Pick<Remote<MachineService>, "consoles" | "guest" | "lesson">;

/** Calls after which the machine is no longer as it was booted. */
const TOUCHES: ReadonlySet<string> = new Set(["consoles.input", "lesson.perform"]);

export class MachineClient implements Groups {
  // The groups of the present worker; without one their calls reject with `bad-request`.
  readonly consoles: Remote<ConsoleService> = this.#group("consoles");
  readonly guest: Remote<GuestService> = this.#group("guest");
  readonly lesson: Remote<LessonService> = this.#group("lesson");
  readonly #options: MachineClientOptions;
  readonly #listeners = new Set<() => void>();
  readonly #stepListeners = new Set<StepListener>();
  readonly #feed = new ConsoleFeed();
  #snapshot: MachineSnapshot = IDLE;
  #link: WorkerLink | undefined;
  /** Counts the starts and the ends, so that a start knows whether it was overtaken. */
  #turn = 0;
  #relayUrl: string | undefined;
  #touched = false;

  constructor(options: MachineClientOptions) {
    this.#options = options;
  }

  readonly getSnapshot = (): MachineSnapshot => this.#snapshot;

  /** Whether anything has been typed into this machine, or done in it for a lesson. */
  get isTouched(): boolean {
    return this.#touched;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Starts the machine, or tries again after a failure. What goes wrong is in the status; this never rejects. */
  async start(): Promise<void> {
    const { kind } = this.#snapshot.status;
    if (kind !== "idle" && kind !== "failed") return;
    const turn = ++this.#turn;
    try {
      const unfit = this.#options.checkBrowser();
      if (unfit !== undefined) throw unfit;
      const link = await this.#soundLink();
      if (this.#relayUrl !== undefined) await link.machine.setRelay(this.#relayUrl);
      await link.machine.start(this.#options.startOptions());
    } catch (error) {
      // A machine that was ended on purpose has nothing to report.
      if (turn === this.#turn) this.#fail(error);
    }
  }

  /**
   * A clean machine in a new worker; the learner's work is gone. What goes wrong is in the status; this never rejects.
   */
  async restart(): Promise<void> {
    this.close();
    await this.start();
  }

  /** Never rejects, as `resume` and `retryDisk`: a machine that cannot be held says so in its status. */
  async pause(): Promise<void> {
    await this.#command((machine) => machine.pause());
  }

  async resume(): Promise<void> {
    await this.#command((machine) => machine.resume());
  }

  /** The relay that this machine and later ones reach the Internet through; undefined for none. Never rejects. */
  async setRelay(url: string | undefined): Promise<void> {
    if (url === this.#relayUrl) return;
    this.#relayUrl = url;
    await this.#command((machine) => machine.setRelay(url));
  }

  /** Fetches the disk block that the guest waits for once more. */
  async retryDisk(): Promise<void> {
    await this.#command((machine) => machine.retryDisk());
  }

  /** Makes room in the registries, and takes their failure for settled. Never rejects. */
  async dropPushedImages(): Promise<void> {
    await this.#command((machine) => machine.registry.dropPushedImages());
    this.dismissRegistryFailure();
  }

  /** The learner has read of the registries' failure. */
  dismissRegistryFailure(): void {
    this.#update({ ...this.#snapshot, registryFailure: undefined });
  }

  /** Hears how the watched step stands, after every look. */
  onStep(listener: StepListener): () => void {
    this.#stepListeners.add(listener);
    return () => this.#stepListeners.delete(listener);
  }

  /** Gives the consoles' output and resets to `listener`, first what came before it was there. */
  attach(listener: ConsoleListener): () => void {
    return this.#feed.attach(listener);
  }

  /** Ends the machine and its worker. */
  close(): void {
    this.#turn += 1;
    this.#link?.close();
    this.#link = undefined;
    this.#update(IDLE);
  }

  async #command(call: (machine: WorkerLink["machine"]) => Promise<void>): Promise<void> {
    const link = this.#link;
    if (link === undefined) return;
    try {
      await call(link.machine);
    } catch (error) {
      const { code } = serialiseError(error);
      // `bad-request`: the machine has changed between the learner's look and click; the page shows it by now.
      if (code !== "bad-request" && this.#link === link) this.#fail(error);
    }
  }

  /** The group of that name in whatever worker there is at the time of a call. */
  #group<Name extends keyof Groups>(name: Name): Groups[Name] {
    return new Proxy({} as Groups[Name], {
      get:
        (_, method: string) =>
        (...parameters: unknown[]) =>
          this.#call(name, method, parameters),
    });
  }

  async #call(group: keyof Groups, method: string, parameters: readonly unknown[]): Promise<unknown> {
    if (TOUCHES.has(`${group}.${method}`)) this.#touched = true;
    if (this.#link === undefined) throw new DrydockError("bad-request", "the machine has not been started");
    const call = Reflect.get(this.#link.machine[group], method) as (...all: unknown[]) => Promise<unknown>;
    return call(...parameters);
  }

  /** The present worker when it can go on, else a new one that has answered the handshake. */
  async #soundLink(): Promise<WorkerLink> {
    const { status } = this.#snapshot;
    // A total of 0 says that it is not known yet: the learner sees at once that something happens.
    this.#update({ ...IDLE, status: { kind: "loading", bytes: 0, total: 0, cached: 0 } });
    if (this.#link !== undefined && status.kind === "failed" && RESUMABLE.has(status.error.code))
      return this.#link;
    this.#link?.close();
    this.#touched = false;
    const link: WorkerLink = new WorkerLink(this.#options.createWorker(), this.#options.clock, {
      onEvent: (event) => {
        if (this.#link === link) this.#receive(event);
      },
      onDeath: (error) => {
        if (this.#link !== link) return;
        this.#link = undefined;
        this.#fail(error);
      },
    });
    this.#link = link;
    await link.open();
    return link;
  }

  #receive(event: MachineEvent): void {
    switch (event.type) {
      case "console":
        this.#feed.bytes(event.console, event.bytes);
        return;
      case "status":
        this.#update({ ...this.#snapshot, status: event.status });
        return;
      case "disk-fault":
        this.#update({ ...this.#snapshot, fault: event.fault });
        return;
      case "registry-failure":
        this.#update({ ...this.#snapshot, registryFailure: event.failure });
        return;
      case "step":
        for (const listener of this.#stepListeners) listener(event.step, event.result);
        return;
      case "prefetch":
        this.#update({ ...this.#snapshot, prefetch: { bytes: event.bytes, total: event.total } });
        return;
      case "ports":
        this.#update({ ...this.#snapshot, ports: event.ports });
    }
  }

  /** Shows `error`, unless the same failure is already shown. */
  #fail(error: unknown): void {
    const failure = serialiseError(error);
    const { status } = this.#snapshot;
    if (status.kind === "failed" && status.error.code === failure.code) return;
    // The death of a worker says more than the calls that it took along.
    if (status.kind === "failed" && status.error.code === "worker-died") return;
    this.#update({
      ...this.#snapshot,
      status: { kind: "failed", error: failure },
      fault: undefined,
      ports: [],
    });
  }

  #update(next: MachineSnapshot): void {
    if (isRunning(this.#snapshot.status) && !isRunning(next.status)) this.#feed.reset();
    this.#snapshot = next;
    for (const listener of this.#listeners) listener();
  }
}

/** Whether the guest is there to be typed to, whether it is paused or not. */
export function isRunning(status: MachineStatus): boolean {
  return status.kind === "ready" || status.kind === "paused";
}
