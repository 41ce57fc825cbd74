/** From what the page asks for to a machine that does not run yet: the shipped guest, or a kept one on top of it. */
import { DrydockError } from "../contract/errors";
import type { Manifest } from "../contract/manifest";
import { CONSOLE_COUNT, type ImageNotice, type StartOptions } from "../contract/protocol";
import { type ChunkCache, ChunkFetcher, type FetchCounts } from "./disk/chunk-fetcher";
import type { RegistryError } from "./hub/errors";
import { openIn } from "./machine/checkpoint/checkpoint";
import type { MachineOptions, MachineParts } from "./machine/machine";
import { registryFailure } from "./machine/registry-failure";
import { restoreMachine, type RestoreOptions } from "./machine/restore";
import type { SessionPorts } from "./session-ports";
import type { Beginning } from "./session-services";
import { type Shipped, stateOf } from "./session-state";
import type { LoadedSave, OpenedSave } from "./sessions/store";

export interface MadeMachine {
  readonly parts: MachineParts;
  readonly machineOptions: MachineOptions;
  /** What draws each terminal as it is at the beginning. */
  readonly screens: readonly (Uint8Array | undefined)[];
  readonly manifest: Manifest;
  readonly shipped: Shipped;
  readonly fetcher: ChunkFetcher;
  /** Only where the guest is the page's own: another one does not know what the page still needs. */
  readonly cache: RetainingCache | undefined;
  /** The save that it goes on from. */
  readonly loaded: OpenedSave | undefined;
}

type RetainingCache = ChunkCache & { retain(names: ReadonlySet<string>): Promise<void> };

export interface LoadHandlers extends Pick<RestoreOptions, "onProgress" | "onDiskFault"> {
  /** Hears of the counts that go on from now. */
  readonly onFetcher: (counts: FetchCounts) => void;
  readonly signal: AbortSignal;
}

/** @throws DrydockError as `restoreMachine`; of a kept machine `bad-save` besides */
export async function loadMachine(
  ports: SessionPorts,
  options: StartOptions,
  beginning: Beginning | undefined,
  { onFetcher, signal, ...handlers }: LoadHandlers,
): Promise<MadeMachine> {
  const { guestUrl } = options;
  const wasm = ports.compileEmulator(options.wasmUrl);
  const loading = beginning?.kept?.load();
  // Awaited later: until then their failure must not count as unhandled.
  for (const promise of [wasm, loading]) promise?.catch(() => undefined);
  const [{ manifest, isOwn }, cache, decompress, overlayStore] = await Promise.all([
    manifestFor(ports, guestUrl, beginning, signal),
    ports.openCache(guestUrl),
    ports.createDecompress(),
    ports.openSlotStore(),
  ]);
  const opening = ports.openRegistries({ guestUrl, decompress, signal });
  // As above.
  opening.catch(() => undefined);
  const source = ports.chunkSource(guestUrl);
  const fetcher = new ChunkFetcher({ source, ...(cache === undefined ? {} : { cache }) });
  onFetcher(fetcher.counts);
  const restored = await restoreMachine({
    manifest,
    fetcher,
    decompress,
    wasm,
    overlayStore,
    signal,
    ...handlers,
  });
  const { base, disk } = restored;
  const shipped = { base, disk: disk.base, overlay: disk.overlay };
  try {
    const loaded = await loading;
    const parts =
      loaded === undefined || beginning === undefined
        ? restored
        : await openIn(restored, stateOf(loaded.body, shipped, beginning.store.bank));
    const registries = {
      ...(await opening),
      onFailure: (error: RegistryError) => {
        ports.emit({ type: "registry-failure", failure: registryFailure(error) });
      },
      onNotice: (notice: ImageNotice) => ports.emit({ type: "image-notice", notice }),
    };
    const machineOptions = { registries, openRelaySocket: ports.openRelaySocket };
    const screens = loaded === undefined ? manifest.screens.map(fromBase64) : screensOf(loaded);
    return {
      parts,
      machineOptions,
      screens,
      manifest,
      shipped,
      fetcher,
      cache: isOwn ? cache : undefined,
      loaded,
    };
  } catch (error) {
    await restored.emulator.destroy();
    throw error;
  }
}

/** That of the page's guest, or of the older one that a kept machine is of. */
async function manifestFor(
  ports: SessionPorts,
  guestUrl: string,
  beginning: Beginning | undefined,
  signal: AbortSignal,
): Promise<{ readonly manifest: Manifest; readonly isOwn: boolean }> {
  const kept = beginning?.kept;
  let own: Manifest | undefined;
  try {
    own = await ports.fetchManifest(guestUrl, signal);
  } catch (error) {
    // Without the network, a kept machine needs nothing of it as long as its chunks are here.
    if (kept === undefined) throw error;
  }
  if (own !== undefined && (kept === undefined || kept.guestId === own.id))
    return { manifest: own, isOwn: true };
  if (kept === undefined) throw new DrydockError("internal", "there is no manifest");
  return { manifest: await kept.manifest(), isOwn: false };
}

/** What draws the terminals as a save has them. */
export function screensOf({ body: { terminals } }: LoadedSave): (Uint8Array | undefined)[] {
  const encoder = new TextEncoder();
  return Array.from({ length: CONSOLE_COUNT }, (_, id) => {
    const terminal = terminals.find(({ console }) => console === id);
    return terminal === undefined ? undefined : encoder.encode(terminal.screen);
  });
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
