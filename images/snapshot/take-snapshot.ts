/**
 * Boots the guest in Node with the worker's own machine, runs everyday commands to learn which disk blocks they read and
 * which pages of code they execute, brings it to rest at its prompts, and takes what a restore needs.
 */
import { readFile } from "node:fs/promises";
import { BLOCK_BYTES } from "../../contract/manifest";
import { DiskDevice } from "../../worker/disk/device";
import { type BaseDisk, Disk } from "../../worker/disk/disk";
import { MemorySlotStore, Overlay } from "../../worker/disk/overlay";
import { emptyCatalogue } from "../../worker/hub/catalogue/catalogue";
import { createMemoryStorage } from "../../worker/hub/storage/memory-store";
import { Emulator, type EmulatorCode, type EmulatorOptions } from "../../worker/machine/emulator/emulator";
import { emptyMemory } from "../../worker/machine/checkpoint/memory-image";
import type { CodeTraining } from "../../worker/machine/emulator/code-training";
import { Machine } from "../../worker/machine/machine";
import type { OutsideRam } from "../../worker/machine/emulator/warm-state";
import type { ConsoleId } from "../../contract/protocol";
import { FileDisk } from "../../worker/node/file-disk";
import {
  CLEAN_UP_SCRIPT,
  DROP_CACHES_SCRIPT,
  EVERYDAY_COMMANDS,
  FIRST_COMMANDS,
  READ_AHEAD_SCRIPT,
  READ_NOTHING_AHEAD_SCRIPT,
  SETTLE_SCRIPT,
} from "./guest-scripts";
import { mergeModules } from "./warm/merge";

export interface SnapshotOptions {
  /** An emulator that can be trained (warm/training-emulator.ts). */
  readonly wasm: EmulatorCode;
  readonly bios: ArrayBuffer;
  readonly vgaBios: ArrayBuffer;
  /** Path of the raw disk image. */
  readonly disk: string;
  /** Path of the bzImage. */
  readonly kernel: string;
  readonly commandLine: string;
  readonly memoryBytes: number;
  readonly vgaMemoryBytes: number;
  readonly say: (text: string) => void;
  /** The kernel's boot log and the consoles, for the stage's log file. */
  readonly log: (text: string) => void;
}

export interface Snapshot {
  readonly thinState: ArrayBuffer;
  /** RAM's pages that are not zero, by number. */
  readonly pages: ReadonlyMap<number, Uint8Array>;
  /** The disk as the snapshot's guest left it. */
  readonly disk: BaseDisk;
  /** What the JIT has compiled for the everyday commands. */
  readonly warm: OutsideRam & { readonly code: Uint8Array<ArrayBuffer> };
  /** Disk blocks in the order in which everyday commands first read them. */
  readonly hotBlocks: readonly number[];
  /** What each terminal shows. */
  readonly screens: readonly Uint8Array[];
}

/** Milliseconds after which a boot that is not ready has failed: about ten times what it takes. */
const BOOT_LIMIT_MS = 6 * 60_000;
const PROMPT = /[#$] $/;
/** What a shell writes after its prompt (OSC 133; see the rootfs' .bashrc). */
const PROMPT_MARK = "\u001b]133;B\u0007";

/** Instructions of a page after which it is compiled, while the machine learns: v86's own number is 200,000. */
const TRAINING_THRESHOLD = 40_000;

/** @throws DrydockError or Error with the console's last lines when the guest does not come up */
export async function takeSnapshot(options: SnapshotOptions): Promise<Snapshot> {
  const file = new FileDisk(options.disk);
  const { machine, screens, training } = await boot(options, file);
  await waitForPrompts(screens);
  await runScript(machine, DROP_CACHES_SCRIPT, options);
  await stopAtRest(machine, training);
  training.begin(TRAINING_THRESHOLD);
  const booted = new MergedDisk(file, machine.disk.overlay);
  const reads = traceReads(machine, booted);
  await machine.emulator.run();
  options.say("learning what everyday commands read");
  await runAll(machine, EVERYDAY_COMMANDS, options);
  const later = reads.take();
  await runScript(machine, CLEAN_UP_SCRIPT + DROP_CACHES_SCRIPT + READ_NOTHING_AHEAD_SCRIPT, options);
  options.say("learning what the first commands read and execute");
  await runAll(machine, FIRST_COMMANDS, options);
  const hotBlocks = [...new Set([...reads.take(), ...later])];
  options.say("settling and clearing free memory");
  await runScript(machine, READ_AHEAD_SCRIPT + CLEAN_UP_SCRIPT + SETTLE_SCRIPT, options);
  await stopAtRest(machine, training);
  const thinState = await machine.emulator.saveThinState();
  const pages = new Map<number, Uint8Array>();
  machine.emulator.forEachPage((page, bytes) => pages.set(page, bytes.slice()));
  const disk = new MergedDisk(booted, reads.overlay);
  const warm = { ...machine.emulator.saveOutsideRam(), code: mergeModules(training.modules) };
  options.log(`${training.modules.size} compiled pages, ${warm.code.byteLength} bytes\n`);
  await machine.destroy();
  return { thinState, pages, disk, warm, hotBlocks, screens: screens.map((screen) => Buffer.concat(screen)) };
}

async function runAll(
  machine: Machine,
  commands: readonly string[],
  options: SnapshotOptions,
): Promise<void> {
  for (const command of commands) await runScript(machine, command, options);
}

interface Booted {
  readonly machine: Machine;
  readonly screens: Uint8Array[][];
  readonly training: CodeTraining;
}

async function boot(options: SnapshotOptions, base: BaseDisk): Promise<Booted> {
  options.say("booting");
  const image = await readFile(options.kernel);
  const kernel = { image: Uint8Array.from(image).buffer, commandLine: options.commandLine };
  const machine = await makeMachine(options, base, kernel);
  const training = machine.emulator.trainCode();
  const screens: Uint8Array[][] = [[], [], []];
  screens.forEach((screen, id) => {
    machine.console(id as ConsoleId).onBytes((bytes) => {
      screen.push(bytes);
      options.log(Buffer.from(bytes).toString());
    });
  });
  machine.emulator.onSerialOutput((byte) => options.log(String.fromCharCode(byte)));
  await machine.start(AbortSignal.timeout(BOOT_LIMIT_MS));
  return { machine, screens, training };
}

async function makeMachine(
  options: SnapshotOptions,
  base: BaseDisk,
  kernel: NonNullable<EmulatorOptions["kernel"]>,
): Promise<Machine> {
  const disk = makeDisk(base);
  const onFault = (error: Error | undefined): void => {
    if (error !== undefined) options.log(`disk: ${error.message}\n`);
  };
  const device = new DiskDevice({ disk, onFault });
  const { wasm, bios, vgaBios, memoryBytes, vgaMemoryBytes } = options;
  const emulator = await Emulator.create({
    wasm,
    bios,
    vgaBios,
    memoryBytes,
    vgaMemoryBytes,
    disk: device,
    kernel,
  });
  const registries = {
    storage: createMemoryStorage(),
    catalogue: emptyCatalogue,
    onFailure: (error: Error) => options.log(`registry: ${error.message}\n`),
  };
  const memory = emptyMemory(memoryBytes);
  return new Machine({ emulator, disk, device, base: memory, filled: Promise.resolve() }, { registries });
}

async function runScript(machine: Machine, script: string, options: SnapshotOptions): Promise<void> {
  const began = performance.now();
  const { status, stdout, stderr } = await machine.agent.run(["/bin/bash", "-euc", script]);
  const output = stdout + stderr;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  options.log(`${output}\n[${seconds} s] ${script.trim().split("\n", 1)[0] ?? ""}\n`);
  if (status !== 0) throw new Error(`a script in the guest ended with ${status}:\n${output.slice(-2000)}`);
}

async function waitForPrompts(screens: readonly Uint8Array[][]): Promise<void> {
  const deadline = Date.now() + BOOT_LIMIT_MS;
  while (!screens.every((screen) => isAtPrompt(Buffer.concat(screen).toString()))) {
    if (Date.now() > deadline) throw new Error("a terminal of the guest does not come to its prompt");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function isAtPrompt(text: string): boolean {
  return PROMPT.test(text.endsWith(PROMPT_MARK) ? text.slice(0, -PROMPT_MARK.length) : text);
}

/** Stops with no disk request and no compilation under way. */
async function stopAtRest(machine: Machine, training: CodeTraining): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    await machine.emulator.stop();
    // A compilation that was begun ends while the machine stands still.
    for (let wait = 0; wait < 100 && training.pending > 0; wait++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    if (machine.device.pending === 0 && training.pending === 0) return;
    await machine.emulator.run();
  }
  throw new Error("the guest does not stop reading and writing its disk");
}

interface TracedReads {
  /** The blocks that were read since the last time, each once, in order. */
  readonly take: () => number[];
  /** What the machine wrote meanwhile. */
  readonly overlay: Overlay;
}

/** Which blocks of a disk are read by a stopped machine that goes on with it. */
function traceReads(machine: Machine, base: BaseDisk): TracedReads {
  const disk = makeDisk(base);
  let order = new Set<number>();
  disk.onBaseRead = (first, count) => {
    for (let block = first; block < first + count; block++) order.add(block);
  };
  machine.device.replaceDisk(disk);
  const take = (): number[] => {
    const taken = [...order];
    order = new Set();
    return taken;
  };
  return { take, overlay: disk.overlay };
}

function makeDisk(base: BaseDisk): Disk {
  return new Disk(base, new Overlay(new MemorySlotStore(), base.byteLength / BLOCK_BYTES));
}

/** A base with an overlay that is written no more. */
class MergedDisk implements BaseDisk {
  readonly byteLength: number;
  readonly #base: BaseDisk;
  readonly #overlay: Overlay;

  constructor(base: BaseDisk, overlay: Overlay) {
    this.#base = base;
    this.#overlay = overlay;
    this.byteLength = base.byteLength;
  }

  peekBlocks(first: number, into: Uint8Array): boolean {
    for (let i = 0; i * BLOCK_BYTES < into.byteLength; i++) {
      const target = into.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES);
      if (this.#overlay.has(first + i)) this.#overlay.read(first + i, target);
      else if (!this.#base.peekBlocks(first + i, target)) return false;
    }
    return true;
  }

  readBlocks(first: number, into: Uint8Array): Promise<void> {
    this.peekBlocks(first, into);
    return Promise.resolve();
  }
}
