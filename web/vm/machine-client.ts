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
  ImageNotice,
  LessonService,
  MachineEvent,
  MachineService,
  MachineStatus,
  PublishedPort,
  RegistryFailure,
  Remote,
  SessionState,
  StartOptions,
} from "../../contract/protocol";
import type { SessionService } from "../../contract/sessions";
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
  /** How the machine is kept. */
  readonly session: SessionState;
}

/** Which machine is started: a clean one that is kept, or a kept one with the page's own part of its save. */
export type Beginning =
  | { readonly kind: "new" }
  | {
      readonly kind: "kept";
      readonly id: string;
      readonly takeOver: boolean;
      readonly place: string | undefined;
    };

/** What changes the machine: what is typed or done for a lesson, what it writes. */
type Activity = "input" | "output";

export interface MachineListener {
  /** A save is made of this moment: everything that the consoles wrote before it has been given to the terminals. */
  onSaveMark(saveId: number): void;
  /** The machine has gone back to where it was when the page was at `place`. */
  onRewound(place: string | undefined): void;
  onActivity(activity: Activity): void;
}

export type StepListener = (step: string, result: StepResult) => void;
export type ImageNoticeListener = (notice: ImageNotice) => void;

export interface MachineClientOptions {
  createWorker(): WorkerLike;
  startOptions(): StartOptions;
  /** The reason why this browser cannot run the machine, if there is one. */
  checkBrowser(): DrydockError | undefined;
  readonly clock: Clock;
}

/** After these the worker is sound and keeps what it has loaded: `start` goes on from there. */
const RESUMABLE: ReadonlySet<ErrorCode> = new Set(["network", "bad-chunk", "bad-manifest", "session-in-use"]);

/** Before there is a machine. */
export const NO_MACHINE: MachineSnapshot = {
  status: { kind: "idle" },
  fault: undefined,
  prefetch: undefined,
  registryFailure: undefined,
  ports: [],
  session: { kind: "none" },
};

type Groups = Pick<Remote<MachineService>, "consoles" | "guest" | "lesson" | "sessions">;

/** Calls after which the machine is no longer as it was booted. */
const TOUCHES: ReadonlySet<string> = new Set(["consoles.input", "lesson.perform"]);

export class MachineClient implements Groups {
  // The groups of the present worker; without one their calls reject with `bad-request`.
  readonly consoles: Remote<ConsoleService> = this.#group("consoles");
  readonly guest: Remote<GuestService> = this.#group("guest");
  readonly lesson: Remote<LessonService> = this.#group("lesson");
  readonly sessions: Remote<SessionService> = this.#group("sessions");
  readonly #options: MachineClientOptions;
  readonly #listeners = new Set<() => void>();
  readonly #stepListeners = new Set<StepListener>();
  readonly #machineListeners = new Set<MachineListener>();
  readonly #noticeListeners = new Set<ImageNoticeListener>();
  readonly #feed = new ConsoleFeed();
  #snapshot: MachineSnapshot = NO_MACHINE;
  #link: WorkerLink | undefined;
  /** Counts the starts and the ends, so that a start knows whether it was overtaken. */
  #turn = 0;
  #relayUrl: string | undefined;
  #touched = false;
  /** Which machine the last start was for: another try after a failure is for the same. */
  #beginning: Beginning = { kind: "new" };

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

  /**
   * Makes a worker that can be asked for kept machines; nothing is loaded yet.
   * @throws DrydockError why it cannot be made, which is the status, too
   */
  async open(): Promise<void> {
    const turn = ++this.#turn;
    try {
      this.#refuseUnfit();
      await this.#soundLink({ kind: "idle" });
    } catch (error) {
      if (turn === this.#turn) this.#fail(error);
      throw error;
    }
  }

  /**
   * Starts a machine, or tries again after a failure. What goes wrong is in the status; this never rejects.
   * @param beginning the machine of the last try without it
   */
  async start(beginning: Beginning = this.#beginning): Promise<void> {
    const { kind } = this.#snapshot.status;
    if (kind !== "idle" && kind !== "failed") return;
    const turn = ++this.#turn;
    this.#beginning = beginning;
    try {
      this.#refuseUnfit();
      // A total of 0 says that it is not known yet: the learner sees at once that something happens.
      const link = await this.#soundLink({ kind: "loading", bytes: 0, total: 0, cached: 0 });
      if (this.#relayUrl !== undefined) await link.machine.setRelay(this.#relayUrl);
      if (beginning.kind === "kept") {
        this.#touched = true;
        this.#feed.restore(beginning.place);
      }
      await link.machine.start({ ...this.#options.startOptions(), session: sessionOf(beginning) });
    } catch (error) {
      // A machine that was ended on purpose has nothing to report.
      if (turn === this.#turn) this.#fail(error);
    }
  }

  /** Another machine in a new worker. What goes wrong is in the status; this never rejects. */
  async restart(beginning: Beginning = { kind: "new" }): Promise<void> {
    this.close();
    await this.start(beginning);
  }

  /** The folder of the page's own guest, as the worker knows it. */
  get guestUrl(): string {
    return this.#options.startOptions().guestUrl;
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

  /** Hears of saves, of going back, and of what changes the machine. */
  listen(listener: MachineListener): () => void {
    this.#machineListeners.add(listener);
    return () => this.#machineListeners.delete(listener);
  }

  /** Hears of images that are not what their name says, or not there. */
  onImageNotice(listener: ImageNoticeListener): () => void {
    this.#noticeListeners.add(listener);
    return () => this.#noticeListeners.delete(listener);
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
    this.#update(NO_MACHINE);
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
    if (TOUCHES.has(`${group}.${method}`)) {
      this.#touched = true;
      this.#tell((listener) => listener.onActivity("input"));
    }
    if (this.#link === undefined) throw new DrydockError("bad-request", "the machine has not been started");
    const call = Reflect.get(this.#link.machine[group], method) as (...all: unknown[]) => Promise<unknown>;
    return call(...parameters);
  }

  /** The present worker when it can go on, else a new one that has answered the handshake; with that status meanwhile. */
  async #soundLink(meanwhile: MachineStatus): Promise<WorkerLink> {
    const { status } = this.#snapshot;
    const isSound = status.kind === "idle" || (status.kind === "failed" && RESUMABLE.has(status.error.code));
    this.#update({ ...NO_MACHINE, status: meanwhile });
    if (this.#link !== undefined && isSound) return this.#link;
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
        this.#tell((listener) => listener.onActivity("output"));
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
      case "image-notice":
        for (const listener of this.#noticeListeners) listener(event.notice);
        return;
      case "step":
        for (const listener of this.#stepListeners) listener(event.step, event.result);
        return;
      case "prefetch":
        this.#update({ ...this.#snapshot, prefetch: { bytes: event.bytes, total: event.total } });
        return;
      case "ports":
        this.#update({ ...this.#snapshot, ports: event.ports });
        return;
      case "session":
        this.#update({ ...this.#snapshot, session: event.session });
        return;
      case "save-mark":
        this.#tell((listener) => listener.onSaveMark(event.saveId));
        return;
      case "rewound":
        this.#feed.restore(event.place);
        this.#tell((listener) => listener.onRewound(event.place));
    }
  }

  #tell(say: (listener: MachineListener) => void): void {
    for (const listener of this.#machineListeners) say(listener);
  }

  #refuseUnfit(): void {
    const unfit = this.#options.checkBrowser();
    if (unfit !== undefined) throw unfit;
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

function sessionOf(beginning: Beginning): NonNullable<StartOptions["session"]> {
  return beginning.kind === "new" ? "new" : { id: beginning.id, takeOver: beginning.takeOver };
}

/** Whether the guest is there to be typed to, whether it is paused or not. */
export function isRunning(status: MachineStatus): boolean {
  return status.kind === "ready" || status.kind === "paused";
}
