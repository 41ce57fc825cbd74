/**
 * More slots for what v86 compiles. It turns a page of machine code into a wasm module of one function, which takes a
 * slot of a table; there are 899, and when none is free everything is thrown away and compiled again. Docker's everyday
 * programs together are some 1,100 pages, so that this happened every six containers.
 *
 * The slots that are free are in a vector of 16-bit numbers in v86's memory: capacity, address and length, 32 bits each.
 * Nothing but this vector and two loops in v86's JavaScript knows how many there are. So the table gets longer before
 * v86 is instantiated, and the vector another buffer once it has been filled. All of it is read in the source of the
 * version that package.json pins, and looked for before it is touched.
 */
import { DrydockError } from "../../../contract/errors";

/** Pages of code that can be compiled at a time: several times what is in use, and below v86's 16 bits. */
export const JIT_SLOTS = 7000;
/** Slots that v86 makes for itself, numbered from 1. */
const OWN_SLOTS = 899;
/** The table's entries before slot 0: v86's own functions. */
const FIRST_SLOT = 1024;

/** The table of functions: a `WebAssembly.Table`. */
export interface FunctionTable {
  readonly length: number;
  grow(by: number): number;
  set(index: number, value: unknown): void;
}

/** Rust's stack: it ends where the first heap begins, and may hold a copy of what was made on it. */
const STACK_BYTES = 1024 * 1024;

/** Of v86's exports, what is used here. */
export interface HeapExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly rust_init: () => void;
  /** An address, or 0. */
  readonly v86_malloc: (bytes: number) => number;
}

/** Reads how many slots are free. */
export type CountFreeSlots = () => number;

/**
 * Makes the table longer and answers with it, and with imports that know of it.
 * @throws DrydockError `version-mismatch` if the table is not as this version of v86 makes it
 */
export function growTable<Imports extends Record<string, object>>(
  imports: Imports,
): { readonly table: FunctionTable; readonly imports: Imports } {
  const env = imports["env"] as { readonly __indirect_function_table?: FunctionTable } | undefined;
  const table = env?.__indirect_function_table;
  if (table === undefined) throw otherLayout("no table of functions");
  // One more than v86 uses.
  if (table.length !== FIRST_SLOT + OWN_SLOTS + 1) throw otherLayout(`a table of ${table.length} functions`);
  table.grow(JIT_SLOTS - OWN_SLOTS);
  const clearAll = (): void => {
    for (let entry = FIRST_SLOT; entry < table.length; entry++) table.set(entry, null);
  };
  return { table, imports: { ...imports, env: { ...env, jit_clear_all_funcs: clearAll } } };
}

/**
 * Puts functions into the slots that they are named by, and answers with how many there are.
 * @throws RangeError if there is no such slot
 */
export function placeInSlots(table: FunctionTable, functions: Readonly<Record<string, unknown>>): number {
  const entries = Object.entries(functions);
  for (const [slot, compiled] of entries) {
    const number = Number(slot);
    if (!Number.isInteger(number) || number < 1 || number > JIT_SLOTS)
      throw new RangeError(`no slot ${slot}`);
    table.set(FIRST_SLOT + number, compiled);
  }
  return entries.length;
}

/**
 * Calls v86's `rust_init` and gives the list of free slots that it makes all the others.
 * @throws DrydockError `version-mismatch` if its list of free slots is not where and as this version of v86 makes it,
 * `out-of-memory`
 */
export function initWithSlots(exports: HeapExports): CountFreeSlots {
  const { memory, rust_init: init, v86_malloc: allocate } = exports;
  const staticsEnd = memory.buffer.byteLength - STACK_BYTES;
  init();
  const list = findFreeList(memory.buffer, staticsEnd);
  const buffer = allocate(JIT_SLOTS * Uint16Array.BYTES_PER_ELEMENT) >>> 0;
  if (buffer === 0) throw new DrydockError("out-of-memory", "the list of free slots could not be allocated");
  const slots = new Uint16Array(memory.buffer, buffer, JIT_SLOTS);
  slots.forEach((_, index) => (slots[index] = index + 1));
  new Uint32Array(memory.buffer, list, 3).set([JIT_SLOTS, buffer, JIT_SLOTS]);
  return () => new Uint32Array(memory.buffer, list, 3)[2] ?? 0;
}

/** The address below `end` of the one vector that holds 1 to 899 and nothing else. */
function findFreeList(memory: ArrayBuffer, end: number): number {
  const words = new Uint32Array(memory, 0, end / Uint32Array.BYTES_PER_ELEMENT);
  const found: number[] = [];
  for (let at = words.indexOf(OWN_SLOTS); at >= 0; at = words.indexOf(OWN_SLOTS, at + 1)) {
    const [address = 0, length] = words.subarray(at + 1, at + 3);
    if (length === OWN_SLOTS && countsUp(memory, address)) found.push(at * Uint32Array.BYTES_PER_ELEMENT);
  }
  const [list] = found;
  if (list === undefined || found.length > 1) throw otherLayout(`${found.length} lists of free slots`);
  return list;
}

function countsUp(memory: ArrayBuffer, address: number): boolean {
  const end = address + OWN_SLOTS * Uint16Array.BYTES_PER_ELEMENT;
  if (address === 0 || address % Uint16Array.BYTES_PER_ELEMENT !== 0 || end > memory.byteLength) return false;
  return new Uint16Array(memory, address, OWN_SLOTS).every((slot, index) => slot === index + 1);
}

function otherLayout(found: string): DrydockError {
  return new DrydockError("version-mismatch", `v86.wasm is of another version: it has ${found}`, {
    subject: "v86.wasm",
  });
}
