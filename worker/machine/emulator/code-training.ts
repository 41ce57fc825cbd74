/**
 * What a machine has compiled, and the switches of the emulator that learns what to ship (made by
 * images/snapshot/warm/training-emulator.ts).
 */
import { DrydockError } from "../../../contract/errors";
import type { HeapExports } from "./jit-slots";

/** What that emulator exports besides: 32-bit globals. */
export const TRAINING_EXPORTS = { seen: "drydock_seen", threshold: "drydock_threshold" } as const;

/** A bit for each address of a page. */
const MAP_BYTES = 4096 / 8;

interface Global {
  value: number;
}

/** Of v86's processor, what is used here: all of it is called by v86.wasm through the object. */
export interface CompilingCpu {
  readonly wasm_memory: WebAssembly.Memory;
  codegen_finalize: (slot: number, start: number, flags: number, address: number, bytes: number) => unknown;
  codegen_finalize_finished: (slot: number, start: number, flags: number) => unknown;
  jit_clear_func: (slot: number) => unknown;
  jit_clear_cache: () => void;
}

/** v86.wasm's exports, and those of `TRAINING_EXPORTS` if it can be trained. */
export interface TrainingExports extends HeapExports {
  readonly [name: string]: unknown;
}

export class CodeTraining {
  readonly #modules = new Map<number, Uint8Array>();
  readonly #cpu: CompilingCpu;
  readonly #exports: TrainingExports;
  #pending = 0;
  #map = 0;

  /** Records from now on. */
  constructor(cpu: CompilingCpu, exports: TrainingExports) {
    this.#cpu = cpu;
    this.#exports = exports;
    const { codegen_finalize, codegen_finalize_finished, jit_clear_func } = cpu;
    cpu.codegen_finalize = (slot, start, flags, address, bytes) => {
      this.#pending++;
      this.#forgetSeen();
      const memory = cpu.wasm_memory.buffer;
      this.#modules.set(slot, new Uint8Array(memory, address >>> 0, bytes >>> 0).slice());
      return codegen_finalize.call(cpu, slot, start, flags, address, bytes);
    };
    cpu.codegen_finalize_finished = (slot, start, flags) => {
      this.#pending--;
      return codegen_finalize_finished.call(cpu, slot, start, flags);
    };
    cpu.jit_clear_func = (slot) => {
      this.#modules.delete(slot);
      return jit_clear_func.call(cpu, slot);
    };
  }

  /** v86's modules by slot: what is compiled now. */
  get modules(): ReadonlyMap<number, Uint8Array> {
    return this.#modules;
  }

  /** Modules that the host's WebAssembly has not finished compiling. */
  get pending(): number {
    return this.#pending;
  }

  /**
   * Forgets what is compiled, and from now on compiles only what was executed, after `threshold` instructions of a page
   * (v86's own: 200,000).
   * @throws DrydockError `version-mismatch` if the emulator is not the one for it
   */
  begin(threshold: number): void {
    const seen = this.#global("seen");
    const compileFrom = this.#global("threshold");
    this.#map = this.#exports.v86_malloc(MAP_BYTES) >>> 0;
    this.#forgetSeen();
    seen.value = this.#map;
    compileFrom.value = threshold;
    this.#cpu.jit_clear_cache();
  }

  #global(which: keyof typeof TRAINING_EXPORTS): Global {
    const global = this.#exports[TRAINING_EXPORTS[which]];
    if (global === undefined) {
      throw new DrydockError(
        "version-mismatch",
        `no ${TRAINING_EXPORTS[which]}: this emulator cannot be trained`,
      );
    }
    return global as Global;
  }

  /** The map is of one compilation. */
  #forgetSeen(): void {
    if (this.#map !== 0) new Uint8Array(this.#cpu.wasm_memory.buffer, this.#map, MAP_BYTES).fill(0);
  }
}
