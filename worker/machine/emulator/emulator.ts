/**
 * v86, and with what is beside it in this folder all that touches its untyped insides. Everything here was read in the source of
 * the exact version that package.json pins; another version means reading it again and building a new snapshot.
 *
 * Save and restore. v86's own format packs RAM into the state and needs it whole at restore. Here the state is thin
 * (devices and registers, about 4 MB): RAM goes page by page, so that it can be fetched, verified and written in
 * pieces while the rest still loads. `rewind` goes back to such a state in place, and keeps what the JIT has compiled.
 */
import { sha256Hex } from "../../disk/chunk-fetcher";
import { DrydockError, messageOf } from "../../../contract/errors";
import { CodeTraining } from "./code-training";
import { type Constructed, construct, type EmulatorCode, type EmulatorOptions } from "./construct";
import { type Cpu, type Insides, type Listener, putBack, REPLACED_VIEWS } from "./insides";
import { JIT_SLOTS } from "./jit-slots";
import { type OutsideRam, placeCode, readOutsideRam, type WarmState, writeOutsideRam } from "./warm-state";

export type { DiskPort, EmulatorCode, EmulatorOptions } from "./construct";

const PAGE_BYTES = 4096;

/** Compiles v86.wasm. Throws `no-webassembly`. */
export async function compileEmulator(wasm: Uint8Array<ArrayBuffer>): Promise<EmulatorCode> {
  if (typeof WebAssembly === "undefined")
    throw new DrydockError("no-webassembly", "there is no WebAssembly here");
  try {
    const [module, sha256] = await Promise.all([WebAssembly.compile(wasm), sha256Hex(wasm)]);
    return { module, sha256 };
  } catch (cause) {
    throw new DrydockError("no-webassembly", messageOf(cause), { cause });
  }
}

/** Input queue of each virtio-console port (virtio 1.2, section 5.3.2). */
const INPUT_QUEUES = [0, 4, 6, 8] as const;

export class Emulator {
  readonly #v86: Insides;
  readonly #cpu: Cpu;
  readonly #memory: () => Uint8Array;
  readonly #made: Constructed;
  readonly #listeners: [event: string, listener: Listener][] = [];
  #instructions = 0;
  #lastCounter = 0;

  private constructor(made: Constructed) {
    this.#made = made;
    this.#v86 = made.v86;
    this.#cpu = made.v86.v86.cpu;
    const offset = this.#cpu.mem8.byteOffset;
    const length = this.#cpu.memory_size[0] ?? 0;
    // The wasm memory can grow (the JIT's tables), which detaches every older view.
    let view = new Uint8Array(this.#cpu.wasm_memory.buffer, offset, length);
    this.#memory = () => {
      if (view.byteLength === 0) view = new Uint8Array(this.#cpu.wasm_memory.buffer, offset, length);
      return view;
    };
  }

  /**
   * Makes the machine, stopped.
   * @throws DrydockError `out-of-memory`, `version-mismatch` if v86.wasm is another than this code knows, or
   * `bad-snapshot` if the state does not fit these options
   */
  static async create(options: EmulatorOptions): Promise<Emulator> {
    const constructed = await construct(options);
    const { cpu } = constructed.v86.v86;
    if (cpu.memory_size[0] !== cpu.mem8.length) {
      throw new DrydockError("bad-snapshot", "the snapshot is of a machine with another amount of memory");
    }
    return new Emulator(constructed);
  }

  run(): Promise<void> {
    return this.#v86.run();
  }

  /** Resolves when the processor stands still. */
  stop(): Promise<void> {
    return this.#v86.stop();
  }

  destroy(): Promise<void> {
    return this.#v86.destroy();
  }

  get memoryBytes(): number {
    return this.#cpu.memory_size[0] ?? 0;
  }

  get wasmMemoryBytes(): number {
    return this.#cpu.wasm_memory.buffer.byteLength;
  }

  /** Pages of code that the JIT holds compiled now. */
  get compiledPages(): number {
    return JIT_SLOTS - this.#made.countFreeSlots();
  }

  /** Instructions executed since `create`. Call at least every few minutes: v86's counter wraps at 2^32. */
  get instructions(): number {
    this.#countInstructions();
    return this.#instructions;
  }

  /** Listens to the bytes that the guest writes to hvc0-hvc3. The array is the listener's to keep. */
  onConsoleOutput(port: number, listener: (bytes: Uint8Array<ArrayBuffer>) => void): void {
    this.#listen(`virtio-console${port}-output-bytes`, listener);
  }

  /** Listens to the serial port, one byte (0-255) at a time: the kernel's boot log. */
  onSerialOutput(listener: (byte: number) => void): void {
    this.#listen("serial0-output-byte", listener);
  }

  /** True if the guest has a buffer for console input now. Without one, v86 drops what is sent. */
  canTakeConsoleInput(port: number): boolean {
    const index = INPUT_QUEUES[port];
    const queue = index === undefined ? undefined : this.#cpu.devices.virtio_console?.virtio.queues[index];
    return queue?.is_configured() !== 0 && queue?.has_request() === true;
  }

  /** Sends at most 1 KiB of console input. Only when `canTakeConsoleInput`. */
  sendConsoleInput(port: number, bytes: Uint8Array): void {
    this.#v86.bus.send(`virtio-console${port}-input-bytes`, bytes);
  }

  /** Linux 6.12 reads the message's fields as rows, columns where v86 writes columns, rows: so they go in swapped. */
  resizeConsole(port: number, columns: number, rows: number): void {
    this.#v86.bus.send(`virtio-console${port}-resize`, [rows, columns]);
  }

  /** Listens to Ethernet frames from the guest (without FCS). */
  onFrame(listener: (frame: Uint8Array) => void): void {
    this.#listen("net0-send", listener);
  }

  /** Hands a frame to the guest; false if it has no receive buffer now and the frame was not taken. */
  sendFrame(frame: Uint8Array): boolean {
    const queue = this.#cpu.devices.virtio_net?.virtio.queues[0];
    if (queue?.is_configured() === 0 || queue?.has_request() !== true) return false;
    this.#v86.bus.send("net0-receive", frame);
    return true;
  }

  /** Everything but RAM. Only while stopped, with no disk request pending: v86 does not save those. */
  async saveThinState(): Promise<ArrayBuffer> {
    const { cpu } = this.#v86.v86;
    const original = cpu.pack_memory.bind(cpu);
    const bitmapBytes = this.memoryBytes / PAGE_BYTES / 8;
    cpu.pack_memory = () => ({
      bitmap: { get_buffer: () => new ArrayBuffer(bitmapBytes) },
      packed_memory: new Uint8Array(0),
    });
    try {
      return await this.#v86.save_state();
    } finally {
      cpu.pack_memory = original;
    }
  }

  /** Visits every page of RAM that is not all zeros. The bytes are a view: copy what you keep. */
  forEachPage(visit: (page: number, bytes: Uint8Array) => void): void {
    const memory = this.#memory();
    for (let page = 0; page < memory.byteLength / PAGE_BYTES; page++) {
      const address = page * PAGE_BYTES;
      if (this.#cpu.is_memory_zeroed(address, PAGE_BYTES)) continue;
      visit(page, memory.subarray(address, address + PAGE_BYTES));
    }
  }

  /** Fills a page of RAM of a restored machine, before `run`. */
  writePage(page: number, bytes: Uint8Array): void {
    this.#memory().set(bytes, page * PAGE_BYTES);
  }

  /** Records what is compiled from now on. For the machine that learns what to ship. */
  trainCode(): CodeTraining {
    return new CodeTraining(this.#cpu, this.#made.exports);
  }

  /** What `warmUp` needs besides RAM and the compiled code. Only while stopped, with no compilation under way. */
  saveOutsideRam(): OutsideRam {
    return readOutsideRam(this.#cpu);
  }

  /**
   * Takes over what another machine's JIT knows. Before `run`, with RAM and `thinState` of the same moment.
   * @throws DrydockError `bad-snapshot` if it is of another emulator or does not fit together, `out-of-memory`
   */
  async warmUp(warm: WarmState, thinState: ArrayBuffer): Promise<void> {
    writeOutsideRam(this.#cpu, warm);
    const functions = await placeCode(this.#cpu, this.#made.table, warm.code);
    if (functions !== this.compiledPages) {
      throw new DrydockError("bad-snapshot", `${functions} compiled pages, not ${this.compiledPages}`);
    }
    this.#restoreInPlace(thinState);
  }

  /**
   * Goes to another state of this machine, in place: `thinState` by `saveThinState`, `pages` all those whose bytes are
   * others then. All listeners are forgotten. Only while stopped, with no disk request pending. What the JIT has compiled
   * stays where RAM is the same, so that the machine goes on warm.
   */
  rewind(thinState: ArrayBuffer, pages: ReadonlyMap<number, Uint8Array>): void {
    for (const [event, listener] of this.#listeners.splice(0)) this.#v86.remove_listener(event, listener);
    this.#countInstructions();
    this.#restoreInPlace(thinState);
    const memory = this.#memory();
    for (const [page, bytes] of pages) {
      const address = page * PAGE_BYTES;
      this.#cpu.jit_dirty_cache(address, address + PAGE_BYTES);
      memory.set(bytes, address);
    }
  }

  /** All but RAM, and without throwing away what is compiled. */
  #restoreInPlace(thinState: ArrayBuffer): void {
    const cpu = this.#cpu;
    const views = REPLACED_VIEWS.map((name) => [name, cpu[name]] as const);
    const { jit_clear_cache, unpack_memory } = cpu;
    forgetCounterOffset(cpu);
    cpu.jit_clear_cache = () => undefined;
    cpu.unpack_memory = () => undefined;
    try {
      // v86 writes into what it restores from.
      this.#v86.v86.restore_state(thinState.slice(0));
    } finally {
      Object.assign(cpu, { jit_clear_cache, unpack_memory });
    }
    for (const [name, view] of views) putBack(cpu, name, view);
    this.#lastCounter = cpu.instruction_counter[0] ?? 0;
  }

  #listen(event: string, listener: Listener): void {
    this.#listeners.push([event, listener]);
    this.#v86.add_listener(event, listener);
  }

  #countInstructions(): void {
    const counter = this.#cpu.instruction_counter[0] ?? 0;
    this.#instructions += (counter - this.#lastCounter) >>> 0;
    this.#lastCounter = counter;
  }
}

/**
 * v86 sets the time stamp counter as if its offset were still zero: in a machine that was restored before, the counter
 * would be off by the old offset, some minutes, for which the guest's time stands still. Setting it to what it is makes
 * the offset zero.
 */
function forgetCounterOffset(cpu: Cpu): void {
  cpu.store_current_tsc();
  const [low = 0, high = 0] = cpu.current_tsc;
  cpu.set_tsc(low, high);
}
