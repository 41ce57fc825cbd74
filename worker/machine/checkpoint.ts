/**
 * A machine's whole state in memory, to which it can go back any number of times, in place: what the JIT has compiled
 * stays, so what is run after going back runs warm. One emulator serves all checkpoints of a machine, and one machine
 * lives in it at a time.
 */
import { BLOCK_BYTES } from "../../contract/manifest";
import type { DiskDevice } from "../disk/device";
import { Disk, type BaseDisk } from "../disk/disk";
import { MemorySlotStore, Overlay } from "../disk/overlay";
import type { Emulator } from "./emulator/emulator";
import { Machine, type MachineOptions } from "./machine";

export interface Checkpoint {
  readonly emulator: Emulator;
  readonly device: DiskDevice;
  readonly thinState: ArrayBuffer;
  /** RAM's pages that are not zero, by number. */
  readonly pages: ReadonlyMap<number, Uint8Array>;
  readonly disk: BaseDisk;
}

const HOLDER = "checkpoint";
const ATTEMPTS = 200;
const REST_MS = 50;
/** For the guest's agent to answer, many times what it takes. */
const START_MS = 120_000;

/**
 * Takes the machine's state and ends the machine: `openCheckpoint` goes on.
 * @throws Error when the guest does not stop reading and writing its disk
 */
export async function takeCheckpoint(machine: Machine): Promise<Checkpoint> {
  await holdAtRest(machine);
  const { emulator, device } = machine;
  const thinState = await emulator.saveThinState();
  const pages = new Map<number, Uint8Array>();
  emulator.forEachPage((page, bytes) => pages.set(page, bytes.slice()));
  const disk = new FrozenDisk(machine.disk);
  await machine.detach();
  return { emulator, device, thinState, pages, disk };
}

/**
 * A machine in the checkpoint's state, running and ready, in the same emulator.
 * @param present the machine that lives there now, which is ended
 * @throws Error as `takeCheckpoint`, and as `Machine.start` does
 */
export async function openCheckpoint(
  checkpoint: Checkpoint,
  options: MachineOptions,
  present?: Machine,
): Promise<Machine> {
  if (present !== undefined) {
    await holdAtRest(present);
    await present.detach();
  }
  const { emulator, device, thinState, pages } = checkpoint;
  const overlay = new Overlay(new MemorySlotStore(), checkpoint.disk.byteLength / BLOCK_BYTES);
  const disk = new Disk(checkpoint.disk, overlay);
  device.replaceDisk(disk);
  emulator.rewind(thinState, pages);
  const machine = new Machine({ emulator, disk, device }, options);
  try {
    await machine.start(AbortSignal.timeout(START_MS));
  } catch (error) {
    await machine.detach();
    throw error;
  }
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
