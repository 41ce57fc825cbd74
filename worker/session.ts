/**
 * One machine from loading to its end, its status, and its services. Pure: the worker's entry (main.ts) wires the
 * browser in, tests wire Node in.
 */
import { blobsOf, type Chunk, type Manifest } from "../contract/manifest";
import { ChunkFetcher, type ChunkCache, type ChunkSource } from "./disk/chunk-fetcher";
import { PlatformWatch } from "./platform-watch";
import type { SlotStore } from "./disk/overlay";
import type { Decompress } from "./disk/zstd";
import { DrydockError, serialiseError } from "../contract/errors";
import type { RegistryError } from "./hub/errors";
import { ConsoleServices } from "./console-services";
import { GuestServices } from "./guest-services";
import { LessonServices } from "./lesson-services";
import { whenIdle } from "./machine/idle";
import type { EmulatorCode } from "./machine/emulator/emulator";
import { Machine } from "./machine/machine";
import type { RegistryPorts } from "./machine/registries";
import type { OpenRelaySocket } from "./lan/wisp/client";
import { isRelayUrl } from "./lan/wisp/relay";
import { registryFailure } from "./machine/registry-failure";
import { restoreMachine } from "./machine/restore";
import type {
  ImageNotice,
  MachineEvent,
  MachineFigures,
  MachineService,
  MachineStatus,
  RegistryService,
  StartOptions,
} from "../contract/protocol";

/** What a session needs of its surroundings. */
export interface SessionPorts {
  fetchManifest(guestUrl: string, signal: AbortSignal): Promise<Manifest>;
  chunkSource(guestUrl: string): ChunkSource;
  compileEmulator(wasmUrl: string): Promise<EmulatorCode>;
  createDecompress(): Promise<Decompress>;
  openCache(
    guestUrl: string,
  ): Promise<(ChunkCache & { retain(names: ReadonlySet<string>): Promise<void> }) | undefined>;
  openSlotStore(): Promise<SlotStore>;
  readonly openRelaySocket: OpenRelaySocket;
  /** The registries' storage, and the images that come with the guest at that URL. */
  openRegistries(options: {
    readonly guestUrl: string;
    readonly decompress: Decompress;
    readonly signal: AbortSignal;
  }): Promise<Pick<RegistryPorts, "storage" | "catalogue">>;
  emit(event: MachineEvent, transfer?: Transferable[]): void;
}

/** At most one progress event in this many milliseconds. */
const PROGRESS_MS = 50;
/** Chunks that are fetched for later before the guest is looked at again. */
const PREFETCH_AT_ONCE = 4;

type StatusOf<Kind extends MachineStatus["kind"]> = Extract<MachineStatus, { readonly kind: Kind }>;

/** What there is while the machine is booting, and from then on. */
interface Booted {
  readonly machine: Machine;
  readonly consoles: ConsoleServices;
  readonly registry: RegistryService;
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
  readonly #ports: SessionPorts;
  #state: State = { stage: "empty", status: { kind: "idle" } };
  /** Of the last start. */
  #fetched: Pick<MachineFigures, "fetchedBytes" | "cachedBytes"> = { fetchedBytes: 0, cachedBytes: 0 };
  #relayUrl: string | undefined;
  #lastProgress = 0;

  constructor(ports: SessionPorts) {
    this.#ports = ports;
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
    const wasm = this.#ports.compileEmulator(options.wasmUrl);
    // Awaited later: until then its failure must not count as unhandled.
    wasm.catch(() => undefined);
    const [manifest, cache, decompress, overlayStore] = await Promise.all([
      this.#ports.fetchManifest(options.guestUrl, signal),
      this.#ports.openCache(options.guestUrl),
      this.#ports.createDecompress(),
      this.#ports.openSlotStore(),
    ]);
    const { guestUrl } = options;
    const opening = this.#ports.openRegistries({ guestUrl, decompress, signal });
    // As above.
    opening.catch(() => undefined);
    const source = this.#ports.chunkSource(guestUrl);
    const fetcher = new ChunkFetcher({ source, ...(cache === undefined ? {} : { cache }) });
    this.#fetched = fetcher.counts;
    const parts = await restoreMachine({
      manifest,
      fetcher,
      decompress,
      wasm,
      overlayStore,
      signal,
      onProgress: (progress) => {
        // A fetch that was under way when another one failed still ends: it must not bring "loading" back.
        if (!signal.aborted) this.#setProgress(progress);
      },
      onDiskFault: (error) => {
        if (!signal.aborted) this.#onDiskFault(error);
      },
    });
    const registries = {
      ...(await opening),
      onFailure: (error: RegistryError) => {
        this.#ports.emit({ type: "registry-failure", failure: registryFailure(error) });
      },
      onNotice: (notice: ImageNotice) => this.#ports.emit({ type: "image-notice", notice }),
    };
    const machine = new Machine(parts, { registries, openRelaySocket: this.#ports.openRelaySocket });
    machine.setRelay(this.#relayUrl);
    const booted: Booted = {
      machine,
      consoles: this.#openConsoles(machine, manifest),
      registry: { dropPushedImages: () => machine.dropImages() },
    };
    this.#enter({ stage: "booting", status: { kind: "booting" }, ...booted });
    await machine.start(signal);
    void machine.collectGarbage();
    const emit = (event: MachineEvent): void => this.#ports.emit(event);
    const guest = new GuestServices(machine, emit);
    const lesson = new LessonServices(machine.agent, emit, guest.events);
    const readyAfterMs = performance.now() - began;
    this.#enter({ stage: "running", status: { kind: "ready" }, ...booted, guest, lesson, readyAfterMs });
    this.#prefetch(machine, fetcher, manifest, cache, signal).catch(() => {
      // Only a head start: whatever it did not fetch is fetched when the guest reads it, and reported then.
    });
  }

  #openConsoles(machine: Machine, { screens }: Manifest): ConsoleServices {
    const watches = [new PlatformWatch(), new PlatformWatch(), new PlatformWatch()] as const;
    return new ConsoleServices(machine, screens, {
      onWrite: (console, bytes) => {
        for (const platform of watches[console].push(bytes)) {
          this.#ports.emit({ type: "image-notice", notice: { kind: "platform", platform } });
        }
        if (this.#state.stage === "running") this.#state.lesson.consoleBytes(console, bytes);
      },
      onBatch: (console, bytes) => this.#ports.emit({ type: "console", console, bytes }, [bytes.buffer]),
    });
  }

  /**
   * Fetches the chunks that everyday commands read, one at a time, while the guest is idle: what a command needs, it
   * fetches itself. Forgets those of an older guest.
   */
  async #prefetch(
    machine: Machine,
    fetcher: ChunkFetcher,
    manifest: Manifest,
    cache: { retain(names: ReadonlySet<string>): Promise<void> } | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { chunks, ramChunks, hotChunks } = manifest.blocks;
    const hot = chunks.slice(ramChunks, hotChunks);
    const total = hot.reduce((sum, chunk) => sum + chunk.bytes, 0);
    let bytes = 0;
    for (const [index, chunk] of hot.entries()) {
      if (index % PREFETCH_AT_ONCE === 0) await whenIdle(machine.emulator, signal);
      await fetcher.prefetch(chunk, signal);
      bytes += chunk.bytes;
      this.#ports.emit({ type: "prefetch", bytes, total });
    }
    await cache?.retain(chunkNames(manifest));
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

/** The names of all the chunks that a manifest needs. */
export function chunkNames(manifest: Manifest): Set<string> {
  const chunks: Chunk[] = [...manifest.blocks.chunks, ...blobsOf(manifest).flatMap((blob) => blob.chunks)];
  return new Set(chunks.map((chunk) => chunk.sha256));
}
