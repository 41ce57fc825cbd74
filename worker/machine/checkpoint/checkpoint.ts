/**
 * A machine's whole state, to which a machine can go any number of times, in place: what the JIT has compiled stays
 * where RAM is the same, so what is run afterwards runs warm. One emulator serves all checkpoints of a machine, and one
 * machine lives in it at a time. Restore points and kept sessions are the same with another place for the bytes: a
 * session is opened in a machine that was restored from the shipped guest and has not run yet.
 */
import { BLOCK_BYTES } from "../../../contract/manifest";
import { Disk, type BaseDisk } from "../../disk/disk";
import { MemorySlotStore, Overlay, type FrozenBlocks } from "../../disk/overlay";
import type { Emulator } from "../emulator/emulator";
import { Machine, type MachineOptions, type MachineParts } from "../machine";
import { Fingerprints } from "./fingerprints";
import { type MemoryImage, readEither } from "./memory-image";

/** Where a machine can go. */
export interface MachineState {
  readonly thinState: ArrayBuffer;
  readonly memory: MemoryImage;
  /** The disk as it was then, to be written from now on. Called once all else that may fail is over. */
  openDisk(): Disk;
}

/** What a machine was at a moment, as far as it is not known already. */
export interface TakenState {
  readonly thinState: ArrayBuffer;
  readonly fingerprints: Fingerprints;
  /** The pages that are in none of the known memories, nor zeros. */
  readonly pages: ReadonlyMap<number, Uint8Array<ArrayBuffer>>;
  /** What was written to the disk: to be released. */
  readonly blocks: FrozenBlocks;
  /** Milliseconds that the guest stood still. */
  readonly holdMs: number;
}

/** What is used of a machine whose state is taken. */
export interface StillMachine extends Pick<Machine, "hold" | "release" | "filled"> {
  readonly emulator: Pick<Emulator, "memoryBytes" | "saveThinState" | "forEachPage">;
  readonly device: { readonly pending: number };
  readonly disk: Pick<Disk, "overlay">;
}

const HOLDER = "checkpoint";
const ATTEMPTS = 100;
const REST_MS = 50;
/** How often, and after how many milliseconds each, a disk that works is looked at before the guest goes on. */
const LOOKS = 10;
const LOOK_MS = 5;
/** For the guest's agent to answer, many times what it takes. */
const START_MS = 120_000;
const ZEROS = new Uint8Array(BLOCK_BYTES);

/**
 * Takes the machine's state while it stands still for a moment; it goes on.
 * @param known memories whose pages need no copy
 * @param onMoment called while it stands still
 * @throws Error when the guest's disk does not come to rest
 */
export async function takeState(
  machine: StillMachine,
  known: readonly Fingerprints[],
  onMoment: () => void = () => undefined,
): Promise<TakenState> {
  const { emulator, disk } = machine;
  await machine.filled;
  const began = await holdAtRest(machine);
  try {
    // All in one turn: what is on its way to the guest, a frame or a key, comes before all of it or after.
    const saving = emulator.saveThinState();
    const fingerprints = new Fingerprints(emulator.memoryBytes / BLOCK_BYTES);
    const pages = new Map<number, Uint8Array<ArrayBuffer>>();
    emulator.forEachPage((page, bytes) => {
      fingerprints.record(page, bytes);
      if (!known.some((memory) => memory.isSame(page, fingerprints))) pages.set(page, bytes.slice());
    });
    const blocks = disk.overlay.freeze();
    onMoment();
    const thinState = await saving;
    return { thinState, fingerprints, pages, blocks, holdMs: performance.now() - began };
  } finally {
    // Not awaited: that would wait for the guest to hear of the time.
    void machine.release(HOLDER);
  }
}

/**
 * Takes the machine's state into memory; the machine goes on.
 * @throws Error as `takeState`
 */
export async function takeCheckpoint(machine: Machine): Promise<MachineState> {
  const { base, disk } = machine;
  const { thinState, fingerprints, pages, blocks } = await takeState(machine, [base.fingerprints]);
  const frozen = new FrozenDisk(disk.base, blocks);
  return {
    thinState,
    memory: { fingerprints, read: (wanted) => readEither(wanted, pages, base) },
    openDisk: () => new Disk(frozen, new Overlay(new MemorySlotStore(), frozen.byteLength / BLOCK_BYTES)),
  };
}

/**
 * A machine in the checkpoint's state, running and ready, in the same emulator.
 * @param present the machine that lives there now, which is ended
 * @throws Error as `leaveFor`, and as `Machine.start` does
 */
export async function openCheckpoint(
  checkpoint: MachineState,
  options: MachineOptions,
  present: Machine,
): Promise<Machine> {
  const machine = new Machine(await leaveFor(checkpoint, present), options);
  try {
    await machine.start(AbortSignal.timeout(START_MS));
    await machine.endOldConnections();
  } catch (error) {
    await machine.detach();
    throw error;
  }
  return machine;
}

/**
 * Ends a running machine and gives what it was made of in another state, not running.
 * @throws Error if the guest's disk does not come to rest, or the state cannot be read: then the machine
 * goes on as it was
 */
export async function leaveFor(state: MachineState, present: Machine): Promise<MachineParts> {
  await present.filled;
  await holdAtRest(present);
  let patches: ReadonlyMap<number, Uint8Array>;
  try {
    patches = await patchesFor(state.memory, scan(present.emulator));
  } catch (error) {
    await present.release(HOLDER);
    throw error;
  }
  await present.detach();
  return move(present, state, patches);
}

/**
 * What a restored machine that has not run yet is made of, in another state.
 * @throws what reading the state's memory does, and then nothing has been changed
 */
export async function openIn(parts: MachineParts, state: MachineState): Promise<MachineParts> {
  await parts.filled;
  return move(parts, state, await patchesFor(state.memory, parts.base.fingerprints));
}

function move(
  { emulator, device, base, filled }: MachineParts,
  state: MachineState,
  patches: ReadonlyMap<number, Uint8Array>,
): MachineParts {
  const disk = state.openDisk();
  device.replaceDisk(disk);
  emulator.rewind(state.thinState, patches);
  return { emulator, device, base, disk, filled };
}

/** The pages that make the present memory the other one. */
async function patchesFor(
  memory: MemoryImage,
  present: Fingerprints,
): Promise<ReadonlyMap<number, Uint8Array>> {
  const pages = present.differing(memory.fingerprints);
  const bytes = await memory.read(pages.filter((page) => !memory.fingerprints.isZero(page)));
  return new Map(pages.map((page) => [page, bytes.get(page) ?? ZEROS]));
}

function scan(emulator: Emulator): Fingerprints {
  const fingerprints = new Fingerprints(emulator.memoryBytes / BLOCK_BYTES);
  emulator.forEachPage((page, bytes) => fingerprints.record(page, bytes));
  return fingerprints;
}

/** When it began, in milliseconds of `performance`. v86 saves no request to the disk that is under way. Those that are get their answer while the guest stands still. */
async function holdAtRest(machine: Pick<StillMachine, "hold" | "release" | "device">): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await machine.hold(HOLDER);
    const began = performance.now();
    for (let look = 0; look < LOOKS; look++) {
      if (machine.device.pending === 0) return began;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    await machine.release(HOLDER);
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
  }
  throw new Error("the guest's disk does not come to rest");
}

/** What was written up to a moment, over what is below, as a base. */
class FrozenDisk implements BaseDisk {
  readonly byteLength: number;
  readonly #below: BaseDisk;
  readonly #blocks: FrozenBlocks;

  constructor(below: BaseDisk, blocks: FrozenBlocks) {
    this.#below = below;
    this.#blocks = blocks;
    this.byteLength = below.byteLength;
  }

  peekBlocks(first: number, into: Uint8Array): boolean {
    return eachBlock(first, into, (block, target) => {
      if (!this.#blocks.has(block)) return this.#below.peekBlocks(block, target);
      this.#blocks.read(block, target);
      return true;
    });
  }

  async readBlocks(first: number, into: Uint8Array): Promise<void> {
    const below: Promise<void>[] = [];
    eachBlock(first, into, (block, target) => {
      if (this.#blocks.has(block)) this.#blocks.read(block, target);
      else below.push(this.#below.readBlocks(block, target));
      return true;
    });
    await Promise.all(below);
  }
}

/** Visits the blocks one by one, as long as the visitor agrees. */
function eachBlock(
  first: number,
  into: Uint8Array,
  visit: (block: number, target: Uint8Array) => boolean,
): boolean {
  for (let i = 0; i * BLOCK_BYTES < into.byteLength; i++) {
    if (!visit(first + i, into.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES))) return false;
  }
  return true;
}
