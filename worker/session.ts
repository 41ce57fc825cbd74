/**
 * One machine from loading to its end, its status, and its services. Pure: the worker's entry (main.ts) wires the
 * browser in, tests wire Node in.
 */
import { DrydockError, serialiseError } from "../contract/errors";
import type {
  MachineEvent,
  MachineFigures,
  MachineService,
  MachineStatus,
  RegistryService,
  StartOptions,
} from "../contract/protocol";
import { ConsoleServices } from "./console-services";
import { GuestServices } from "./guest-services";
import { isRelayUrl } from "./lan/wisp/relay";
import { LessonServices } from "./lesson-services";
import { loadMachine, type MadeMachine, screensOf } from "./load-machine";
import { leaveFor, type MachineState } from "./machine/checkpoint/checkpoint";
import { Machine, type MachineOptions, type MachineParts } from "./machine/machine";
import { PlatformWatch } from "./platform-watch";
import { chunkNames, prefetch } from "./prefetch";
import { SessionKeeper } from "./session-keeper";
import type { SessionPorts } from "./session-ports";
import { type Beginning, SessionServices } from "./session-services";
import type { LoadedSave, OpenedSave } from "./sessions/store";

/** At most one progress event in this many milliseconds. */
const PROGRESS_MS = 50;
/** For the guest's agent to answer after going back, many times what it takes. */
const GO_BACK_MS = 60_000;

type StatusOf<Kind extends MachineStatus["kind"]> = Extract<MachineStatus, { readonly kind: Kind }>;

/** What there is while the machine is booting, and from then on. */
interface Booted {
  readonly machine: Machine;
  readonly consoles: ConsoleServices;
  readonly registry: RegistryService;
}

/** What a kept machine is made of, whatever state it goes to. */
interface KeptOrigin extends Pick<MadeMachine, "manifest" | "shipped" | "machineOptions"> {
  readonly beginning: Beginning;
}

/** The status, and with it all that there is at that time. The page is told the status alone. */
type State =
  | { readonly stage: "empty"; readonly status: StatusOf<"idle" | "loading" | "restoring" | "failed"> }
  | ({ readonly stage: "booting"; readonly status: StatusOf<"booting"> } & Booted)
  | ({
      readonly stage: "running";
      readonly status: StatusOf<"ready" | "paused">;
      readonly guest: GuestServices;
      readonly lesson: LessonServices;
      readonly readyAfterMs: number;
    } & Booted);

export class Session implements MachineService {
  readonly sessions: SessionServices;
  readonly #ports: SessionPorts;
  #state: State = { stage: "empty", status: { kind: "idle" } };
  /** Of the last start. */
  #fetched: Pick<MachineFigures, "fetchedBytes" | "cachedBytes"> = { fetchedBytes: 0, cachedBytes: 0 };
  #relayUrl: string | undefined;
  #lastProgress = 0;

  constructor(ports: SessionPorts) {
    this.#ports = ports;
    this.sessions = new SessionServices(ports);
  }

  get status(): MachineStatus {
    return this.#state.status;
  }

  get consoles(): ConsoleServices {
    return this.#booted().consoles;
  }

  get registry(): RegistryService {
    return this.#booted().registry;
  }

  get guest(): GuestServices {
    return this.#running().guest;
  }

  get lesson(): LessonServices {
    return this.#running().lesson;
  }

  async start(options: StartOptions): Promise<void> {
    const { kind } = this.#state.status;
    if (kind !== "idle" && kind !== "failed") {
      throw new DrydockError("bad-request", "the machine was started already");
    }
    const abort = new AbortController();
    this.#enter({ stage: "empty", status: { kind: "loading", bytes: 0, total: 0, cached: 0 } });
    try {
      await this.#start(options, abort.signal);
    } catch (error) {
      // What is still under way of this attempt ends, and has nothing more to say.
      abort.abort(error);
      if (this.#state.stage !== "empty") await this.#state.machine.destroy();
      this.sessions.end();
      this.#enter({ stage: "empty", status: { kind: "failed", error: serialiseError(error) } });
      throw error;
    }
  }

  async pause(): Promise<void> {
    const state = this.#state;
    if (state.status.kind === "paused") return;
    if (state.stage !== "running")
      throw new DrydockError("bad-request", "only a ready machine can be paused");
    await state.machine.hold("page");
    this.#enter({ ...state, status: { kind: "paused" } });
  }

  async resume(): Promise<void> {
    const state = this.#state;
    if (state.stage !== "running" || state.status.kind !== "paused") return;
    await state.machine.release("page");
    this.#enter({ ...state, status: { kind: "ready" } });
  }

  setRelay(url: string | undefined): void {
    if (url !== undefined && !isRelayUrl(url))
      throw new DrydockError("bad-request", "a relay has a ws: or wss: URL");
    this.#relayUrl = url;
    if (this.#state.stage !== "empty") this.#state.machine.setRelay(url);
  }

  retryDisk(): void {
    this.#booted().machine.device.retry();
  }

  figures(): MachineFigures {
    const state = this.#state;
    const emulator = state.stage === "empty" ? undefined : state.machine.emulator;
    return {
      fetchedBytes: this.#fetched.fetchedBytes,
      cachedBytes: this.#fetched.cachedBytes,
      readyAfterMs: state.stage === "running" ? state.readyAfterMs : undefined,
      instructions: emulator?.instructions ?? 0,
      wasmMemoryBytes: emulator?.wasmMemoryBytes ?? 0,
    };
  }

  async #start(options: StartOptions, signal: AbortSignal): Promise<void> {
    const began = performance.now();
    const beginning = await this.sessions.begin(options.session);
    const made = await loadMachine(this.#ports, options, beginning, {
      onFetcher: (counts) => (this.#fetched = counts),
      onProgress: (progress) => {
        // A fetch that was under way when another one failed still ends: it must not bring "loading" back.
        if (!signal.aborted) this.#setProgress(progress);
      },
      onDiskFault: (error) => {
        if (!signal.aborted) this.#onDiskFault(error);
      },
      signal,
    });
    const { parts, machineOptions, loaded } = made;
    const booted = this.#boot(parts, machineOptions, made.screens);
    this.#enter({ stage: "booting", status: { kind: "booting" }, ...booted });
    await booted.machine.start(signal);
    void booted.machine.collectGarbage();
    if (loaded !== undefined) void booted.machine.endOldConnections();
    this.#serve(booted, performance.now() - began);
    if (beginning !== undefined) this.#keep(booted, { beginning, ...made }, loaded);
    this.#prepareForLater(booted.machine, made, signal).catch(() => {
      // Only a head start: whatever was not fetched is fetched when the guest reads it, and reported then.
    });
  }

  /** A machine with its consoles, which does not run yet. */
  #boot(parts: MachineParts, options: MachineOptions, screens: readonly (Uint8Array | undefined)[]): Booted {
    const machine = new Machine(parts, options);
    machine.setRelay(this.#relayUrl);
    const watches = [new PlatformWatch(), new PlatformWatch(), new PlatformWatch()] as const;
    const consoles = new ConsoleServices(machine, screens, {
      onWrite: (console, bytes) => {
        for (const platform of watches[console].push(bytes)) {
          this.#ports.emit({ type: "image-notice", notice: { kind: "platform", platform } });
        }
        if (this.#state.stage === "running") this.#state.lesson.consoleBytes(console, bytes);
      },
      onBatch: (console, bytes) => this.#ports.emit({ type: "console", console, bytes }, [bytes.buffer]),
      onInput: () => this.sessions.touched(),
    });
    return { machine, consoles, registry: { dropPushedImages: () => machine.dropImages() } };
  }

  /** What there is of a machine that is ready. */
  #serve(booted: Booted, readyAfterMs: number): void {
    const emit = (event: MachineEvent): void => this.#ports.emit(event);
    const guest = new GuestServices(booted.machine, emit);
    const lesson = new LessonServices(booted.machine.agent, emit, guest.events);
    this.#enter({ stage: "running", status: { kind: "ready" }, ...booted, guest, lesson, readyAfterMs });
  }

  /** Makes a machine that is ready one that is kept. */
  #keep({ machine, consoles }: Booted, origin: KeptOrigin, loaded: OpenedSave | undefined): void {
    const { beginning, manifest, shipped } = origin;
    const keeper = new SessionKeeper({
      store: beginning.store,
      machine,
      manifest,
      session: beginning.session,
      loaded,
      onMark: (saveId) => {
        consoles.flush();
        this.#ports.emit({ type: "save-mark", saveId });
      },
    });
    this.sessions.attach({
      keeper,
      shipped,
      savedAt: loaded?.entry.savedAt,
      damage: loaded?.damage,
      goBack: (state, point, onLeft) =>
        this.#goBack(
          state,
          point,
          { ...origin, beginning: { ...beginning, session: keeper.session } },
          onLeft,
        ),
    });
  }

  /** The machine that runs goes to another state, in place. */
  async #goBack(to: MachineState, point: LoadedSave, origin: KeptOrigin, onLeft: () => void): Promise<void> {
    const present = this.#running();
    const parts = await leaveFor(to, present.machine);
    try {
      present.consoles.flush();
      present.lesson.close();
      present.guest.close();
      onLeft();
      const booted = this.#boot(parts, origin.machineOptions, screensOf(point));
      this.#enter({ ...present, ...booted, status: { kind: "ready" } });
      await booted.machine.start(AbortSignal.timeout(GO_BACK_MS));
      void booted.machine.endOldConnections();
      this.#serve(booted, present.readyAfterMs);
      this.#keep(booted, origin, point);
    } catch (error) {
      await parts.emulator.destroy();
      this.sessions.end();
      this.#enter({ stage: "empty", status: { kind: "failed", error: serialiseError(error) } });
      throw error;
    }
  }

  /** Fetches what everyday commands will read, and forgets the chunks that no machine here needs. */
  async #prepareForLater(machine: Machine, made: MadeMachine, signal: AbortSignal): Promise<void> {
    const { manifest, fetcher, cache } = made;
    await prefetch(machine.emulator, manifest, fetcher, (event) => this.#ports.emit(event), signal);
    // Before anything is dropped: a kept machine may be of another guest.
    const guests = [manifest, ...(await this.sessions.guests())];
    await cache?.retain(new Set(guests.flatMap((guest) => [...chunkNames(guest)])));
  }

  /**
   * The guest stands still while a disk block cannot be had. Left running, Linux would give the read up after half a
   * minute and hand an error to whatever program needs the block.
   */
  #onDiskFault(error: DrydockError | undefined): void {
    if (this.#state.stage !== "empty") {
      const { machine } = this.#state;
      void (error === undefined ? machine.release("disk") : machine.hold("disk"));
    }
    this.#ports.emit({
      type: "disk-fault",
      fault: error === undefined ? undefined : { error: serialiseError(error) },
    });
  }

  #booted(): Booted {
    if (this.#state.stage === "empty") throw new DrydockError("bad-request", "the machine is not running");
    return this.#state;
  }

  #running(): Extract<State, { readonly stage: "running" }> {
    if (this.#state.stage !== "running") throw new DrydockError("bad-request", "the machine is not ready");
    return this.#state;
  }

  #setProgress(status: StatusOf<"loading" | "restoring">): void {
    const now = performance.now();
    if (status.kind === this.#state.status.kind && now - this.#lastProgress < PROGRESS_MS) return;
    this.#lastProgress = now;
    this.#enter({ stage: "empty", status });
  }

  #enter(state: State): void {
    this.#state = state;
    this.#ports.emit({ type: "status", status: state.status });
  }
}
