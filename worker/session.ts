/**
 * What the page's calls do: one machine from loading to its end, its status, and the batching of console output. Pure:
 * the worker's entry (main.ts) wires the browser in, tests wire Node in.
 */
import { blobsOf, type Chunk, type Manifest } from "../contract/manifest";
import { ChunkFetcher, type ChunkCache, type ChunkSource } from "./disk/chunk-fetcher";
import type { SlotStore } from "./disk/overlay";
import type { Decompress } from "./disk/zstd";
import type { ActionReport } from "../contract/checks";
import { DrydockError, serialiseError } from "../contract/errors";
import type { RegistryError } from "./hub/errors";
import { GuestServices } from "./guest-services";
import { LessonServices } from "./lesson-services";
import { ConsoleOutput } from "./machine/console-output";
import { whenIdle } from "./machine/idle";
import type { EmulatorCode } from "./machine/emulator/emulator";
import { Machine } from "./machine/machine";
import type { RegistryPorts } from "./machine/registries";
import type { OpenRelaySocket } from "./lan/wisp/client";
import { isRelayUrl } from "./lan/wisp/relay";
import { registryFailure } from "./machine/registry-failure";
import { restoreMachine } from "./machine/restore";
import type { AnswerPort } from "./ports/answer-port";
import type { GuestRequest } from "../contract/guest-request";
import {
  CONSOLE_COUNT,
  type ConsoleId,
  type MachineEvent,
  type MachineFigures,
  type MachineStatus,
  type StartOptions,
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

export class Session {
  readonly #ports: SessionPorts;
  #status: MachineStatus = { kind: "idle" };
  #machine: Machine | undefined;
  #fetcher: ChunkFetcher | undefined;
  #services: GuestServices | undefined;
  #lessons: LessonServices | undefined;
  #outputs: readonly ConsoleOutput[] = [];
  #readyAfterMs: number | undefined;
  #relayUrl: string | undefined;
  #lastProgress = 0;

  constructor(ports: SessionPorts) {
    this.#ports = ports;
  }

  get status(): MachineStatus {
    return this.#status;
  }

  async start(options: StartOptions): Promise<void> {
    if (this.#status.kind !== "idle" && this.#status.kind !== "failed") {
      throw new DrydockError("bad-request", "the machine was started already");
    }
    const abort = new AbortController();
    const began = performance.now();
    this.#setStatus({ kind: "loading", bytes: 0, total: 0, cached: 0 });
    try {
      await this.#start(options, abort.signal);
    } catch (error) {
      // What is still under way of this attempt ends, and has nothing more to say.
      abort.abort(error);
      await this.#discardMachine();
      this.#setStatus({ kind: "failed", error: serialiseError(error) });
      throw error;
    }
    this.#readyAfterMs = performance.now() - began;
    this.#setStatus({ kind: "ready" });
  }

  async pause(): Promise<void> {
    if (this.#status.kind === "paused") return;
    if (this.#status.kind !== "ready")
      throw new DrydockError("bad-request", "only a ready machine can be paused");
    await this.#running().hold("page");
    this.#setStatus({ kind: "paused" });
  }

  async resume(): Promise<void> {
    if (this.#status.kind !== "paused") return;
    await this.#running().release("page");
    this.#setStatus({ kind: "ready" });
  }

  setRelay(url: string | undefined): void {
    if (url !== undefined && !isRelayUrl(url))
      throw new DrydockError("bad-request", "a relay has a ws: or wss: URL");
    this.#relayUrl = url;
    this.#machine?.setRelay(url);
  }

  async dropPushedImages(): Promise<void> {
    await this.#running().dropImages();
  }

  async consoleInput(console: ConsoleId, bytes: Uint8Array): Promise<void> {
    if (!(bytes instanceof Uint8Array) || bytes.byteLength > 1024 * 1024) {
      throw new DrydockError("bad-request", "console input is a Uint8Array of at most 1 MiB");
    }
    await this.#running().console(console).write(bytes);
  }

  consoleResize(console: ConsoleId, columns: number, rows: number): void {
    const valid = (size: number): boolean => Number.isInteger(size) && size >= 1 && size <= 1000;
    if (!valid(columns) || !valid(rows)) {
      throw new DrydockError("bad-request", `a console cannot have ${columns} columns and ${rows} rows`);
    }
    this.#running().console(console).resize(columns, rows);
  }

  consoleConsumed(console: ConsoleId, bytes: number): void {
    this.#outputs[console]?.consumed(bytes);
  }

  retryDisk(): void {
    this.#running().device.retry();
  }

  /** The answer goes to the port, and so does what goes wrong on the way. */
  guestRequest(request: GuestRequest, answer: AnswerPort): void {
    void this.#guest().request(request, answer);
  }

  guestCookie(url: string, cookie: string): void {
    this.#guest().setCookie(url, cookie);
  }

  watchStep(request: unknown): void {
    this.#lessonServices().watchStep(request);
  }

  checkNow(): void {
    this.#lessonServices().checkNow();
  }

  async perform(action: unknown): Promise<ActionReport> {
    return this.#lessonServices().perform(action);
  }

  figures(): MachineFigures {
    return {
      fetchedBytes: this.#fetcher?.counts.fetchedBytes ?? 0,
      cachedBytes: this.#fetcher?.counts.cachedBytes ?? 0,
      readyAfterMs: this.#readyAfterMs,
      instructions: this.#machine?.emulator.instructions ?? 0,
      wasmMemoryBytes: this.#machine?.emulator.wasmMemoryBytes ?? 0,
    };
  }

  async #start(options: StartOptions, signal: AbortSignal): Promise<void> {
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
    this.#fetcher = fetcher;
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
    };
    const machine = new Machine(parts, { registries, openRelaySocket: this.#ports.openRelaySocket });
    machine.setRelay(this.#relayUrl);
    this.#machine = machine;
    this.#wireConsoles(machine, manifest);
    this.#setStatus({ kind: "booting" });
    await machine.start(signal);
    void machine.collectGarbage();
    this.#services = new GuestServices(machine, (event) => this.#ports.emit(event));
    this.#lessons = new LessonServices(
      machine.agent,
      (event) => this.#ports.emit(event),
      this.#services.events,
    );
    this.#prefetch(machine, fetcher, manifest, cache, signal).catch(() => {
      // Only a head start: whatever it did not fetch is fetched when the guest reads it, and reported then.
    });
  }

  #wireConsoles(machine: Machine, manifest: Manifest): void {
    this.#outputs = Array.from({ length: CONSOLE_COUNT }, (_, index) => {
      const id = index as ConsoleId;
      const output = new ConsoleOutput({
        emit: (bytes) => this.#ports.emit({ type: "console", console: id, bytes }, [bytes.buffer]),
        hold: () => void machine.hold(`console ${id}`),
        release: () => void machine.release(`console ${id}`),
      });
      const screen = Uint8Array.from(atob(manifest.screens[index] ?? ""), (char) => char.charCodeAt(0));
      output.push(screen);
      machine.console(id).onBytes((bytes) => {
        this.#lessons?.consoleBytes(id, bytes);
        output.push(bytes);
      });
      return output;
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
    if (error === undefined) void this.#machine?.release("disk");
    else void this.#machine?.hold("disk");
    this.#ports.emit({
      type: "disk-fault",
      fault: error === undefined ? undefined : { error: serialiseError(error) },
    });
  }

  async #discardMachine(): Promise<void> {
    const machine = this.#machine;
    this.#machine = undefined;
    this.#services?.close();
    this.#services = undefined;
    this.#lessons?.close();
    this.#lessons = undefined;
    this.#outputs = [];
    await machine?.destroy();
  }

  #running(): Machine {
    if (this.#machine === undefined) throw new DrydockError("bad-request", "the machine is not running");
    return this.#machine;
  }

  #guest(): GuestServices {
    if (this.#services === undefined) throw new DrydockError("bad-request", "the machine is not ready");
    return this.#services;
  }

  #lessonServices(): LessonServices {
    if (this.#lessons === undefined) throw new DrydockError("bad-request", "the machine is not ready");
    return this.#lessons;
  }

  #setProgress(status: Extract<MachineStatus, { kind: "loading" | "restoring" }>): void {
    const now = performance.now();
    if (status.kind === this.#status.kind && now - this.#lastProgress < PROGRESS_MS) return;
    this.#lastProgress = now;
    this.#setStatus(status);
  }

  #setStatus(status: MachineStatus): void {
    this.#status = status;
    this.#ports.emit({ type: "status", status });
  }
}

/** The names of all the chunks that a manifest needs. */
export function chunkNames(manifest: Manifest): Set<string> {
  const chunks: Chunk[] = [...manifest.blocks.chunks, ...blobsOf(manifest).flatMap((blob) => blob.chunks)];
  return new Set(chunks.map((chunk) => chunk.sha256));
}
