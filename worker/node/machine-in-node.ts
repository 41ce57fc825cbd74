/** The worker's machine in Node: from the built guest (restore) or from kernel and disk (cold boot). */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { BLOCK_BYTES } from "../../contract/manifest";
import { ChunkFetcher } from "../disk/chunk-fetcher";
import { DiskDevice } from "../disk/device";
import { Disk } from "../disk/disk";
import { MemorySlotStore, Overlay } from "../disk/overlay";
import { createDecompress } from "../disk/zstd";
import { emptyMemory } from "../machine/checkpoint/memory-image";
import { Emulator, type EmulatorCode, compileEmulator } from "../machine/emulator/emulator";
import { Machine, type MachineOptions } from "../machine/machine";
import { restoreMachine } from "../machine/restore";
import { chunkFolder, readManifest } from "./chunk-folder";
import { FileDisk } from "./file-disk";
import { compileQuickly } from "./quick-code";

let emulator: Promise<EmulatorCode> | undefined;

/** v86.wasm out of node_modules. What is compiled afterwards, the guest's code, is not optimised. */
export function readEmulator(): Promise<EmulatorCode> {
  return (emulator ??= compileOnce());
}

async function compileOnce(): Promise<EmulatorCode> {
  const path = createRequire(import.meta.url).resolve("v86/build/v86.wasm");
  const code = await compileEmulator(Uint8Array.from(await readFile(path)));
  compileQuickly();
  return code;
}

/**
 * A machine out of the snapshot, running and ready.
 * @param guestFolder the folder with `manifest.json` and `chunks/`
 * @throws DrydockError as `restoreMachine` and `Machine.start` do
 */
export async function restoreInNode(
  guestFolder: string,
  signal?: AbortSignal,
  options: MachineOptions = {},
): Promise<Machine> {
  // In this order: what is compiled after the emulator is compiled quickly, which the snapshot's code shall be, and what
  // decompresses it shall not.
  const decompress = await createDecompress();
  const wasm = await readEmulator();
  const parts = await restoreMachine({
    manifest: await readManifest(guestFolder),
    fetcher: new ChunkFetcher({ source: chunkFolder(guestFolder), retryDelays: [] }),
    decompress,
    wasm: Promise.resolve(wasm),
    overlayStore: new MemorySlotStore(),
    onProgress: () => undefined,
    onDiskFault: rethrow,
    ...(signal === undefined ? {} : { signal }),
  });
  const machine = new Machine(parts, options);
  await machine.start(signal);
  return machine;
}

export interface ColdBootOptions {
  readonly kernel: string;
  readonly disk: string;
  readonly bios: string;
  readonly vgaBios: string;
  readonly commandLine: string;
  readonly memoryBytes: number;
  readonly vgaMemoryBytes: number;
}

/** A machine that boots from its kernel, running and ready. */
export async function bootInNode(
  options: ColdBootOptions,
  signal?: AbortSignal,
  machineOptions: MachineOptions = {},
): Promise<Machine> {
  const file = new FileDisk(options.disk);
  const disk = new Disk(file, new Overlay(new MemorySlotStore(), file.byteLength / BLOCK_BYTES));
  const device = new DiskDevice({ disk, onFault: rethrow });
  const emulator = await Emulator.create({
    wasm: await readEmulator(),
    memoryBytes: options.memoryBytes,
    vgaMemoryBytes: options.vgaMemoryBytes,
    bios: await readBuffer(options.bios),
    vgaBios: await readBuffer(options.vgaBios),
    disk: device,
    kernel: { image: await readBuffer(options.kernel), commandLine: options.commandLine },
  });
  const machine = new Machine(
    { emulator, disk, device, base: emptyMemory(options.memoryBytes), filled: Promise.resolve() },
    machineOptions,
  );
  await machine.start(signal);
  return machine;
}

async function readBuffer(path: string): Promise<ArrayBuffer> {
  return Uint8Array.from(await readFile(path)).buffer;
}

/** In Node the chunks are local files: one that cannot be read is an end, not something to wait for. */
function rethrow(error: Error | undefined): void {
  if (error !== undefined) throw error;
}
