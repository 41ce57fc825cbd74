/**
 * A machine's whole state in memory, to which one can come back any number of times. Taking it ends the machine: its disk
 * becomes the base of all that follow.
 */
import type { Manifest } from "../../images/manifest";
import { BLOCK_BYTES } from "../../images/manifest";
import { readBlob } from "../disk/block-store";
import { ChunkFetcher } from "../disk/chunk-fetcher";
import { DiskDevice } from "../disk/device";
import { Disk, type BaseDisk } from "../disk/disk";
import { MemorySlotStore, Overlay } from "../disk/overlay";
import { createDecompress } from "../disk/zstd";
import { Emulator } from "../machine/emulator";
import { Machine, type MachineOptions } from "../machine/machine";
import { chunkFolder, readManifest } from "./chunk-folder";
import { readEmulator } from "./machine-in-node";

export interface Checkpoint {
  readonly thinState: ArrayBuffer;
  /** RAM's pages that are not zero, by number. */
  readonly pages: ReadonlyMap<number, Uint8Array>;
  readonly disk: BaseDisk;
}

const HOLDER = "checkpoint";
const ATTEMPTS = 200;
const REST_MS = 50;

/** Throws Error when the guest does not stop reading and writing its disk. */
export async function takeCheckpoint(machine: Machine): Promise<Checkpoint> {
  await holdAtRest(machine);
  const thinState = await machine.emulator.saveThinState();
  const pages = new Map<number, Uint8Array>();
  machine.emulator.forEachPage((page, bytes) => pages.set(page, bytes.slice()));
  const disk = new FrozenDisk(machine.disk);
  await machine.destroy();
  return { thinState, pages, disk };
}

/** A machine out of a checkpoint, running and ready. */
export async function openCheckpoint(
  checkpoint: Checkpoint,
  guestFolder: string,
  options: MachineOptions,
): Promise<Machine> {
  const manifest: Manifest = await readManifest(guestFolder);
  const fetcher = new ChunkFetcher({ source: chunkFolder(guestFolder), retryDelays: [] });
  const decompress = await createDecompress();
  const overlay = new Overlay(new MemorySlotStore(), checkpoint.disk.byteLength / BLOCK_BYTES);
  const disk = new Disk(checkpoint.disk, overlay);
  const device = new DiskDevice({
    disk,
    onFault: (error) => {
      if (error !== undefined) throw error;
    },
  });
  const emulator = await Emulator.create({
    wasm: await readEmulator(),
    memoryBytes: manifest.emulator.memoryBytes,
    vgaMemoryBytes: manifest.emulator.vgaMemoryBytes,
    bios: (await readBlob(manifest.bios, fetcher, decompress)).buffer,
    vgaBios: (await readBlob(manifest.vgaBios, fetcher, decompress)).buffer,
    disk: device,
    // v86 writes into what it restores from.
    thinState: checkpoint.thinState.slice(0),
  });
  for (const [page, bytes] of checkpoint.pages) emulator.writePage(page, bytes);
  const machine = new Machine({ emulator, disk, device }, options);
  await machine.start();
  return machine;
}

async function holdAtRest(machine: Machine): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await machine.hold(HOLDER);
    if (machine.device.pending === 0) return;
    await machine.release(HOLDER);
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
  }
  throw new Error("the guest does not stop reading and writing its disk");
}

/** A disk that is written no more, as a base. */
class FrozenDisk implements BaseDisk {
  readonly byteLength: number;
  readonly #disk: Disk;

  constructor(disk: Disk) {
    this.#disk = disk;
    this.byteLength = disk.byteLength;
  }

  peekBlocks(first: number, into: Uint8Array): boolean {
    const bytes = this.#disk.peek(first * BLOCK_BYTES, into.byteLength);
    if (bytes === undefined) return false;
    into.set(bytes);
    return true;
  }

  async readBlocks(first: number, into: Uint8Array): Promise<void> {
    into.set(await this.#disk.read(first * BLOCK_BYTES, into.byteLength));
  }
}
