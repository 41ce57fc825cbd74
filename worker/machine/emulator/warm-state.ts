/**
 * What the JIT knows, put into another machine: it goes on with the code that the first one compiled. v86 keeps all of it
 * in its WebAssembly memory, below and above the guest's RAM (its own variables, Rust's heap), and the compiled modules in
 * slots of the table of functions. Addresses in there are right as long as v86.wasm is the same, and the memory is laid
 * out in the same way, which is looked at before anything is written.
 */
import { DrydockError } from "../../../contract/errors";
import { type FunctionTable, placeInSlots } from "./jit-slots";

/** All of v86's memory but RAM. */
export interface OutsideRam {
  /** From address 0 to where RAM begins. */
  readonly below: Uint8Array<ArrayBuffer>;
  /** From RAM's end to the memory's. */
  readonly above: Uint8Array<ArrayBuffer>;
}

export interface WarmState extends OutsideRam {
  /** The functions of all slots in use, exported by the slots' numbers. */
  readonly code: WebAssembly.Module;
}

/** Of v86's processor, what is used here. */
export interface WarmCpu {
  readonly wasm_memory: WebAssembly.Memory;
  readonly mem8: Uint8Array;
  readonly memory_size: Uint32Array;
  /** What compiled modules import from `e`. */
  readonly jit_imports: WebAssembly.ModuleImports;
}

const WASM_PAGE_BYTES = 65536;

/** Copies of all that is not RAM. Only while the machine stands still, with no compilation under way. */
export function readOutsideRam({ wasm_memory, mem8, memory_size }: WarmCpu): OutsideRam {
  const end = mem8.byteOffset + (memory_size[0] ?? 0);
  return {
    below: new Uint8Array(wasm_memory.buffer.slice(0, mem8.byteOffset)),
    above: new Uint8Array(wasm_memory.buffer.slice(end)),
  };
}

/**
 * Makes all that is not RAM as it was in another machine.
 * @throws DrydockError `bad-snapshot` if that machine's memory was laid out otherwise, `out-of-memory`
 */
export function writeOutsideRam(cpu: WarmCpu, { below, above }: OutsideRam): void {
  const ramBytes = cpu.memory_size[0] ?? 0;
  const ramOffset = cpu.mem8.byteOffset;
  const total = below.byteLength + ramBytes + above.byteLength;
  const missing = total - cpu.wasm_memory.buffer.byteLength;
  if (below.byteLength !== ramOffset || missing < 0 || missing % WASM_PAGE_BYTES !== 0) {
    const own = `${ramOffset} and ${cpu.wasm_memory.buffer.byteLength}`;
    throw new DrydockError("bad-snapshot", `a memory of ${below.byteLength} and ${total} bytes, not ${own}`);
  }
  try {
    if (missing > 0) cpu.wasm_memory.grow(missing / WASM_PAGE_BYTES);
  } catch (cause) {
    throw new DrydockError("out-of-memory", "the machine's memory could not grow", { cause });
  }
  const memory = new Uint8Array(cpu.wasm_memory.buffer);
  memory.set(below, 0);
  memory.set(above, ramOffset + ramBytes);
}

/** Compiles a snapshot's code, from memory. Throws `bad-snapshot` if it is none. */
export async function compileCode(code: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(code);
  } catch (cause) {
    throw new DrydockError("bad-snapshot", "the snapshot's code cannot be compiled", { cause });
  }
}

/** @throws DrydockError `bad-snapshot` if the code is not what v86 can call */
export async function placeCode(
  cpu: WarmCpu,
  table: FunctionTable,
  code: WebAssembly.Module,
): Promise<number> {
  try {
    const { exports } = await WebAssembly.instantiate(code, { e: cpu.jit_imports });
    return placeInSlots(table, exports);
  } catch (cause) {
    throw new DrydockError("bad-snapshot", "the compiled code does not fit this emulator", { cause });
  }
}
