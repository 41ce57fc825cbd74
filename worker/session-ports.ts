/** What the machine's worker needs of its surroundings: the browser in main.ts, Node in tests. */
import type { Manifest } from "../contract/manifest";
import type { MachineEvent } from "../contract/protocol";
import type { ChunkCache, ChunkSource } from "./disk/chunk-fetcher";
import type { SlotStore } from "./disk/overlay";
import type { Decompress } from "./disk/zstd";
import type { OpenRelaySocket } from "./lan/wisp/client";
import type { EmulatorCode } from "./machine/emulator/emulator";
import type { RegistryPorts } from "./machine/registries";
import type { SaveFiles, SaveLocks } from "./sessions/files";

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
  /** Where machines are kept; undefined where the browser keeps nothing. */
  openSaves(): Promise<{ readonly files: SaveFiles; readonly locks: SaveLocks } | undefined>;
  /** The registries' storage, and the images that come with the guest at that URL. */
  openRegistries(options: {
    readonly guestUrl: string;
    readonly decompress: Decompress;
    readonly signal: AbortSignal;
  }): Promise<Pick<RegistryPorts, "storage" | "catalogue">>;
  emit(event: MachineEvent, transfer?: Transferable[]): void;
}
