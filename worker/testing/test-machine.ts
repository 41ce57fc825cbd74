/** A machine that is nothing but memory, disk and a byte of thin state: what keeping one is about. */
import { BLOCK_BYTES } from "../../contract/manifest";
import { Disk, type BaseDisk } from "../disk/disk";
import { MemorySlotStore, Overlay } from "../disk/overlay";
import { pattern } from "../lan/testing/random";
import { Fingerprints } from "../machine/checkpoint/fingerprints";
import type { MemoryImage } from "../machine/checkpoint/memory-image";
import { stateOf } from "../session-state";
import type { LoadedSave, SessionStore } from "../sessions/store";

const PAGES = 48;
const BLOCKS = 96;
/** Content by number; 0 is zeros. */
type Model = number[];

const contents = new Map<number, Uint8Array<ArrayBuffer>>();
function contentOf(seed: number): Uint8Array<ArrayBuffer> {
  const known = contents.get(seed);
  if (known !== undefined) return known;
  const bytes = seed === 0 ? new Uint8Array(BLOCK_BYTES) : pattern(seed * 104_729, BLOCK_BYTES);
  contents.set(seed, bytes);
  return bytes;
}

const shippedRam: Model = Array.from({ length: PAGES }, (_, page) => (page % 3 === 0 ? 0 : page));
const shippedDisk: Model = Array.from({ length: BLOCKS }, (_, block) => (block % 4 === 0 ? 0 : 1000 + block));

function shippedMemory(): MemoryImage {
  const fingerprints = new Fingerprints(PAGES);
  shippedRam.forEach((seed, page) => {
    if (seed !== 0) fingerprints.record(page, contentOf(seed));
  });
  return {
    fingerprints,
    read: (pages) => Promise.resolve(new Map(pages.map((page) => [page, contentOf(shippedRam[page] ?? 0)]))),
  };
}

const baseDisk: BaseDisk = {
  byteLength: BLOCKS * BLOCK_BYTES,
  peekBlocks: () => false,
  readBlocks: (first, into) => {
    for (let i = 0; i * BLOCK_BYTES < into.byteLength; i++)
      into.set(contentOf(shippedDisk[first + i] ?? 0), i * BLOCK_BYTES);
    return Promise.resolve();
  },
};

/** What a machine is: its memory and its disk, and the same as numbers. */
export class TestMachine {
  readonly base = shippedMemory();
  readonly filled = Promise.resolve();
  readonly device = { pending: 0 };
  readonly overlay = new Overlay(new MemorySlotStore(), BLOCKS);
  readonly shipped = { base: this.base, disk: baseDisk, overlay: this.overlay };
  ram: Model = [...shippedRam];
  model: Model = [...shippedDisk];
  thin = 0;
  disk = new Disk(baseDisk, this.overlay);
  readonly emulator = {
    memoryBytes: PAGES * BLOCK_BYTES,
    saveThinState: () => Promise.resolve(Uint8Array.of(this.thin).buffer),
    forEachPage: (visit: (page: number, bytes: Uint8Array) => void) => {
      this.ram.forEach((seed, page) => {
        if (seed !== 0) visit(page, contentOf(seed));
      });
    },
  };

  hold(): Promise<void> {
    return Promise.resolve();
  }

  release(): Promise<void> {
    return Promise.resolve();
  }

  async work(random: () => number): Promise<void> {
    this.thin = Math.floor(random() * 256);
    for (let i = 0; i < 5; i++) {
      // Few contents, so that many agree; zeros among them.
      this.ram[Math.floor(random() * PAGES)] = Math.floor(random() * 40);
      const block = Math.floor(random() * BLOCKS);
      const seed = Math.floor(random() * 40);
      this.model[block] = seed;
      await this.disk.write(block * BLOCK_BYTES, contentOf(seed));
    }
  }

  async open(save: LoadedSave, store: SessionStore): Promise<void> {
    const state = stateOf(save.body, this.shipped, store.bank);
    const pages = state.memory.fingerprints.differing(this.base.fingerprints);
    const bytes = await state.memory.read(pages.filter((page) => !state.memory.fingerprints.isZero(page)));
    this.ram = shippedRam.map((seed, page) =>
      pages.includes(page) ? seedOf(bytes.get(page) ?? new Uint8Array(BLOCK_BYTES)) : seed,
    );
    this.thin = new Uint8Array(state.thinState)[0] ?? -1;
    this.disk = state.openDisk();
    this.model = [];
    for (let block = 0; block < BLOCKS; block++)
      this.model.push(seedOf(await this.disk.read(block * BLOCK_BYTES, BLOCK_BYTES)));
  }

  /** All that it is, to compare. */
  get whole(): string {
    return JSON.stringify([this.thin, this.ram, this.model]);
  }
}

/** By their first bytes, in which all differ. */
const seeds = new Map<string, number>();
const KEY_BYTES = 32;
const keyOf = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(0, KEY_BYTES)).toString("latin1");
for (let seed = 0; seed < 1000 + BLOCKS; seed++) seeds.set(keyOf(contentOf(seed)), seed);
function seedOf(bytes: Uint8Array): number {
  const seed = seeds.get(keyOf(bytes));
  if (seed === undefined || Buffer.compare(bytes, contentOf(seed)) !== 0)
    throw new Error("bytes that nobody has written");
  return seed;
}
