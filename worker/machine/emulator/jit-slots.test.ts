/** The JIT's slots in the real v86.wasm, which runs a program of more pages of code than v86 has slots of its own. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { beforeAll, describe, expect, it } from "vitest";
import { DrydockError } from "../../../contract/errors";
import { compileEmulator, Emulator, type EmulatorCode } from "./emulator";
import {
  type FunctionTable,
  growTable,
  type HeapExports,
  initWithSlots,
  JIT_SLOTS,
  placeInSlots,
} from "./jit-slots";
import { emptyDisk } from "../testing/empty-disk";
import { loopingBios, LOOPING_PAGES } from "../testing/looping-bios";

const MEBIBYTE = 1024 * 1024;
/** The slots that v86 has without us. */
const OWN_SLOTS = 899;

let wasm: EmulatorCode;
beforeAll(async () => {
  const path = createRequire(import.meta.url).resolve("v86/build/v86.wasm");
  wasm = await compileEmulator(Uint8Array.from(await readFile(path)));
});

describe("the JIT's slots", () => {
  it("hold more pages than v86 has slots for, and none is thrown away", async () => {
    const emulator = await Emulator.create({
      wasm,
      memoryBytes: 16 * MEBIBYTE,
      vgaMemoryBytes: MEBIBYTE,
      bios: loopingBios(),
      vgaBios: new ArrayBuffer(32768),
      disk: emptyDisk(),
    });
    expect(emulator.compiledPages).toBe(0);
    await emulator.run();
    let most = 0;
    while (most < LOOPING_PAGES) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const now = emulator.compiledPages;
      expect(now).toBeGreaterThanOrEqual(most);
      most = now;
    }
    expect(most).toBeGreaterThan(OWN_SLOTS);
    await emulator.stop();
    await emulator.destroy();
  }, 240_000);
});

/** v86's statics and stack, at whose end the heap begins, and a page of heap. */
const HEAP = 0x12_0000;
const MEMORY_BYTES = HEAP + 0x1_0000;
/** What our buffer is allocated at. */
const BUFFER = HEAP + 0x8000;

/** A memory with such lists of free slots as `lists` says: pairs of the vector's address and its buffer's. */
function memoryWith(...lists: readonly [vector: number, buffer: number][]): ArrayBuffer {
  const memory = new ArrayBuffer(MEMORY_BYTES);
  for (const [vector, buffer] of lists) {
    new Uint32Array(memory, vector, 3).set([OWN_SLOTS, buffer, OWN_SLOTS]);
    if (buffer % 2 === 0 && buffer + 2 * OWN_SLOTS <= MEMORY_BYTES) countUp(memory, buffer);
  }
  return memory;
}

function countUp(memory: ArrayBuffer, address: number): void {
  const slots = new Uint16Array(memory, address, OWN_SLOTS);
  slots.forEach((_, index) => (slots[index] = index + 1));
}

/** Stands for v86's exports: `rust_init` makes this of an empty memory. */
function grow(after: ArrayBuffer, address = BUFFER): { exports: HeapExports; count: () => number } {
  const memory = { buffer: new ArrayBuffer(HEAP) };
  const exports = { memory, rust_init: () => void (memory.buffer = after), v86_malloc: () => address };
  return { exports, count: initWithSlots(exports) };
}

const otherVersion = expect.objectContaining({ code: "version-mismatch", subject: "v86.wasm" }) as Error;

describe("initWithSlots", () => {
  it("gives the one list it finds a longer buffer, and heeds no copy on the stack", () => {
    const memory = memoryWith([0x400, HEAP], [HEAP - 0x8000, HEAP]);
    const { count } = grow(memory);
    expect(count()).toBe(JIT_SLOTS);
    expect([...new Uint32Array(memory, 0x400, 3)]).toEqual([JIT_SLOTS, BUFFER, JIT_SLOTS]);
    const slots = new Uint16Array(memory, BUFFER, JIT_SLOTS);
    expect([slots[0], slots.at(-1)]).toEqual([1, JIT_SLOTS]);
    new Uint32Array(memory, 0x400, 3)[2] = 5;
    expect(count()).toBe(5);
  });

  it("refuses a memory without a list, with two, or with one that is not 1 to 899", () => {
    const broken = memoryWith([0x400, HEAP]);
    new Uint16Array(broken, HEAP, OWN_SLOTS)[500] = 7;
    const two = memoryWith([0x400, HEAP], [0x800, HEAP + 0x1000]);
    const outside = memoryWith([0x400, MEMORY_BYTES - 16]);
    const odd = memoryWith([0x400, HEAP + 1]);
    for (const memory of [memoryWith(), broken, two, outside, odd]) {
      expect(() => grow(memory)).toThrow(otherVersion);
    }
  });

  it("says when there is no memory for it", () => {
    expect(() => grow(memoryWith([0x400, HEAP]), 0)).toThrow(DrydockError);
  });
});

interface Wasm {
  Table: new (of: { element: "anyfunc"; initial: number }) => FunctionTable & { get(index: number): unknown };
}

describe("growTable", () => {
  // Node's types know no values of WebAssembly.
  const { Table } = Reflect.get(globalThis, "WebAssembly") as Wasm;
  const importsOf = (length: number) => {
    const table = new Table({ element: "anyfunc", initial: length });
    return {
      table,
      imports: { env: { __indirect_function_table: table, jit_clear_all_funcs: () => undefined } },
    };
  };

  it("makes the table longer by the slots that are more, and clears all of them", () => {
    const { table, imports } = importsOf(1924);
    const { env } = growTable(imports).imports;
    expect(table.length).toBe(1024 + JIT_SLOTS + 1);
    const cleared: number[] = [];
    table.set = (index) => void cleared.push(index);
    env.jit_clear_all_funcs();
    expect(cleared).toEqual(Array.from({ length: JIT_SLOTS + 1 }, (_, slot) => 1024 + slot));
  });

  it("takes functions for slots that there are, and for no others", () => {
    const { table, imports } = importsOf(1924);
    growTable(imports);
    const placed = new Map<number, unknown>();
    table.set = (index, value) => void placed.set(index, value);
    const [first, last] = [() => 1, () => 2];
    expect(placeInSlots(table, { "1": first, [JIT_SLOTS]: last })).toBe(2);
    expect([...placed]).toEqual([
      [1025, first],
      [1024 + JIT_SLOTS, last],
    ]);
    for (const slot of ["0", String(JIT_SLOTS + 1), "f", "1.5", ""]) {
      expect(() => placeInSlots(table, { [slot]: first })).toThrow(RangeError);
    }
  });

  it("refuses imports without a table and a table of another length", () => {
    const others: Record<string, object>[] = [
      {},
      { env: {} },
      importsOf(1923).imports,
      importsOf(1925).imports,
    ];
    for (const imports of others) expect(() => growTable(imports)).toThrow(otherVersion);
  });
});
