/**
 * v86, and with its part jit-slots.ts all that touches its untyped insides. Everything here was read in the source of
 * the exact version that package.json pins; another version means reading it again and building a new snapshot.
 *
 * Save and restore. v86's own format packs RAM into the state and needs it whole at restore. Here the state is thin
 * (devices and registers, about 4 MB): RAM goes page by page, so that it can be fetched, verified and written in
 * pieces while the rest still loads. `rewind` goes back to such a state in place, and keeps what the JIT has compiled.
 */
import { V86 } from "v86";
import { DrydockError, type ErrorCode, messageOf } from "../errors";
import { CodeTraining, type CompilingCpu, type TrainingExports } from "./code-training";
import {
  type CountFreeSlots,
  type FunctionTable,
  growTable,
  type HeapExports,
  initWithSlots,
  JIT_SLOTS,
} from "./jit-slots";
import { type OutsideRam, placeCode, readOutsideRam, type WarmState, writeOutsideRam } from "./warm-state";

const PAGE_BYTES = 4096;

/** The disk that the guest sees as /dev/sda: v86's "custom buffer" contract (see worker/disk/device.ts). */
export interface DiskPort {
  readonly byteLength: number;
  onload: ((event: object) => void) | undefined;
  load(): void;
  get(start: number, length: number, done: (bytes: Uint8Array<ArrayBuffer>) => void): void;
  set(start: number, bytes: Uint8Array, done: () => void): void;
}

/** Compiles v86.wasm. Throws `no-webassembly`. */
export async function compileEmulator(wasm: BufferSource): Promise<WebAssembly.Module> {
  if (typeof WebAssembly === "undefined")
    throw new DrydockError("no-webassembly", "there is no WebAssembly here");
  try {
    return await WebAssembly.compile(wasm);
  } catch (cause) {
    throw new DrydockError("no-webassembly", messageOf(cause), { cause });
  }
}

export interface EmulatorOptions {
  /** v86.wasm, compiled. */
  readonly wasm: WebAssembly.Module;
  readonly memoryBytes: number;
  readonly vgaMemoryBytes: number;
  readonly bios: ArrayBuffer;
  readonly vgaBios: ArrayBuffer;
  readonly disk: DiskPort;
  /** A cold boot. */
  readonly kernel?: { readonly image: ArrayBuffer; readonly commandLine: string };
  /** A restore: what `saveThinState` returned. RAM is all zeros until `writePage` fills it. */
  readonly thinState?: ArrayBuffer;
}

type Listener = (value: never) => void;
type Fail = (code: ErrorCode, cause: unknown) => void;
type View = Int32Array | Uint16Array | Uint8Array;

interface VirtQueue {
  is_configured(): unknown;
  has_request(): boolean;
}

interface Cpu extends CompilingCpu {
  wasm_memory: WebAssembly.Memory;
  jit_imports: WebAssembly.ModuleImports;
  mem8: Uint8Array;
  memory_size: Uint32Array;
  instruction_counter: Uint32Array;
  last_result: View;
  fpu_status_word: View;
  mxcsr: View;
  devices: {
    virtio_console?: { virtio: { queues: VirtQueue[] } };
    virtio_net?: { virtio: { queues: VirtQueue[] } };
  };
  current_tsc: Uint32Array;
  /** Puts the time stamp counter into `current_tsc`. */
  store_current_tsc(): void;
  set_tsc(low: number, high: number): void;
  set_jit_config(index: number, value: number): void;
  is_memory_zeroed(address: number, length: number): number | boolean;
  /** Drops what is compiled of these addresses of RAM. */
  jit_dirty_cache(start: number, end: number): void;
  pack_memory(): { bitmap: { get_buffer(): ArrayBuffer }; packed_memory: Uint8Array };
  unpack_memory: () => unknown;
}

/** v86's run loop. Between two slices of a millisecond it yields to the event loop. */
interface RunLoop {
  cpu: Cpu;
  /** In a browser, the helper worker through which v86 yields; null in Node, which has setImmediate. */
  worker: object | null;
  yield(ms: number, tick: number): void;
  yield_callback(tick: number): void;
  restore_state(state: ArrayBuffer): void;
  unregister_yield(): void;
}

interface Insides {
  v86: RunLoop;
  bus: { send(name: string, value: unknown): void };
  add_listener(event: string, listener: Listener): void;
  remove_listener(event: string, listener: Listener): void;
  save_state(): Promise<ArrayBuffer>;
  run(): Promise<void>;
  stop(): Promise<void>;
  destroy(): Promise<void>;
}

/** v86 lists three registers as views of its memory and its `set_state` puts plain arrays in their place. */
const REPLACED_VIEWS = ["last_result", "fpu_status_word", "mxcsr"] as const;

/** v86 loads the BIOS and the VGA BIOS below this address. */
const FIRMWARE_END = 0x10_0000;

/** Input queue of each virtio-console port (virtio 1.2, section 5.3.2). */
const INPUT_QUEUES = [0, 4, 6, 8] as const;

/** Index of the JIT's "most pages a module" setting, and its value: 1 is several times faster here than v86's 3. */
const JIT_MAX_PAGES = { index: 1, value: 1 } as const;

export class Emulator {
  readonly #v86: Insides;
  readonly #cpu: Cpu;
  readonly #memory: () => Uint8Array;
  readonly #countFreeSlots: CountFreeSlots;
  readonly #constructed: Constructed;
  readonly #listeners: [event: string, listener: Listener][] = [];
  #instructions = 0;
  #lastCounter = 0;

  private constructor(constructed: Constructed) {
    const { v86, countFreeSlots } = constructed;
    this.#v86 = v86;
    this.#constructed = constructed;
    this.#countFreeSlots = countFreeSlots;
    this.#cpu = v86.v86.cpu;
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
    return JIT_SLOTS - this.#countFreeSlots();
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
    return new CodeTraining(this.#cpu, this.#constructed.exports);
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
    const functions = await placeCode(this.#cpu, this.#constructed.table, warm.code);
    if (functions !== this.compiledPages) {
      throw new DrydockError("bad-snapshot", `${functions} compiled pages, not ${this.compiledPages}`);
    }
    this.#restoreInPlace(thinState);
  }

  /**
   * Goes back, in place, to an earlier state of this machine: `thinState` by `saveThinState`, `pages` by `forEachPage`.
   * All listeners are forgotten. Only while stopped, with no disk request pending. What the JIT has compiled stays where
   * RAM is as it was then, so that the machine goes on warm.
   */
  rewind(thinState: ArrayBuffer, pages: ReadonlyMap<number, Uint8Array>): void {
    for (const [event, listener] of this.#listeners.splice(0)) this.#v86.remove_listener(event, listener);
    this.#countInstructions();
    this.#restoreInPlace(thinState);
    this.#rewindMemory(pages);
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

  #rewindMemory(pages: ReadonlyMap<number, Uint8Array>): void {
    const memory = this.#memory();
    const zeros = new Uint8Array(PAGE_BYTES);
    for (let page = 0; page < memory.byteLength / PAGE_BYTES; page++) {
      const address = page * PAGE_BYTES;
      const then = pages.get(page);
      if (then === undefined) {
        if (this.#cpu.is_memory_zeroed(address, PAGE_BYTES)) continue;
      } else if (isSame(memory, address, then)) continue;
      this.#cpu.jit_dirty_cache(address, address + PAGE_BYTES);
      memory.set(then ?? zeros, address);
    }
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

/** Whether `memory` from `address` on begins with `bytes`, whose length is a multiple of 4. */
function isSame(memory: Uint8Array, address: number, bytes: Uint8Array): boolean {
  const now = new Int32Array(memory.buffer, memory.byteOffset + address, bytes.byteLength / 4);
  const then = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  return now.every((word, index) => word === then[index]);
}

interface Constructed {
  readonly v86: Insides;
  readonly table: FunctionTable;
  /** v86.wasm's own. */
  readonly exports: TrainingExports;
  readonly countFreeSlots: CountFreeSlots;
}

function construct(options: EmulatorOptions): Promise<Constructed> {
  return new Promise((resolve, reject) => {
    const fail = (code: ErrorCode, cause: unknown): void => {
      reject(cause instanceof DrydockError ? cause : new DrydockError(code, messageOf(cause), { cause }));
    };
    let countFreeSlots: CountFreeSlots = () => 0;
    let made: Pick<Constructed, "table" | "exports"> | undefined;
    const settings = {
      wasm_fn: async (imports: WebAssembly.Imports) => {
        try {
          const grown = growTable(imports);
          const { exports } = await WebAssembly.instantiate(options.wasm, grown.imports);
          made = { table: grown.table, exports: exports as unknown as TrainingExports };
          const init = (): void => {
            try {
              countFreeSlots = initWithSlots(exports as unknown as HeapExports);
            } catch (cause) {
              // v86 calls this where nobody catches.
              fail("internal", cause);
            }
          };
          return { ...exports, rust_init: init, allocate_memory: allocateOrFail(exports, fail) };
        } catch (cause) {
          fail(cause instanceof RangeError ? "out-of-memory" : "internal", cause);
          // v86 has no way to hear of it: it waits for ever, which costs nothing.
          return new Promise<never>(() => undefined);
        }
      },
      memory_size: options.memoryBytes,
      vga_memory_size: options.vgaMemoryBytes,
      bios: { buffer: options.bios },
      vga_bios: { buffer: options.vgaBios },
      hda: options.disk,
      virtio_console: true,
      net_device: { type: "virtio" },
      preserve_mac_from_state_image: true,
      disable_keyboard: true,
      disable_mouse: true,
      disable_speaker: true,
      autostart: false,
      ...(options.kernel === undefined
        ? {}
        : { bzimage: { buffer: options.kernel.image }, cmdline: options.kernel.commandLine }),
      ...(options.thinState === undefined ? {} : { initial_state: { buffer: options.thinState } }),
    };
    const Constructor = V86 as unknown as new (settings: object) => Insides;
    const v86 = new Constructor(settings);
    const views = new Map<string, View>();
    let unguard = (): void => undefined;
    v86.add_listener("emulator-ready", () => {
      const { cpu } = v86.v86;
      yieldInThread(v86.v86);
      cpu.set_jit_config(JIT_MAX_PAGES.index, JIT_MAX_PAGES.value);
      for (const name of REPLACED_VIEWS) views.set(name, cpu[name]);
      unguard = guardRestore(v86.v86, fail);
    });
    v86.add_listener("emulator-loaded", () => {
      unguard();
      const { cpu } = v86.v86;
      for (const name of REPLACED_VIEWS) putBack(cpu, name, views.get(name));
      if (made !== undefined) resolve({ v86, countFreeSlots, ...made });
    });
  });
}

/**
 * v86 yields by a message to a helper worker and back: two switches of thread for every millisecond of work. A channel
 * to ourselves needs none. Timers are set from a message's task, so that browsers do not stretch them to 4 ms.
 */
function yieldInThread(loop: RunLoop): void {
  if (loop.worker === null) return;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }: MessageEvent<number>) => loop.yield_callback(data);
  let timer: ReturnType<typeof setTimeout> | undefined;
  loop.yield = (ms, tick) => {
    clearTimeout(timer);
    if (ms < 1) port2.postMessage(tick);
    else timer = setTimeout(() => port2.postMessage(tick), ms);
  };
  loop.unregister_yield();
  const close = loop.unregister_yield.bind(loop);
  loop.unregister_yield = () => {
    port1.close();
    close();
  };
}

/**
 * v86's allocation of the guest's RAM, with its failure reported: it may throw, or answer with an address that its
 * memory does not reach, and in both cases nobody catches what follows.
 */
function allocateOrFail(exports: WebAssembly.Exports, fail: Fail): (size: number) => number {
  const { allocate_memory: allocate, memory } = exports as unknown as {
    allocate_memory: (size: number) => number;
    memory: WebAssembly.Memory;
  };
  return (size) => {
    const refusal = new RangeError("the machine's memory could not be allocated");
    try {
      const address = allocate(size) >>> 0;
      if (address === 0 || address + size > memory.buffer.byteLength) fail("out-of-memory", refusal);
      return address;
    } catch (cause) {
      fail("out-of-memory", refusal);
      throw cause;
    }
  };
}

/** v86 restores its first state in a callback whose throw nobody sees: this makes it a rejection. Returns the undoing. */
function guardRestore(loop: RunLoop, fail: Fail): () => void {
  const original = loop.restore_state.bind(loop);
  loop.restore_state = (state) => {
    try {
      original(state);
    } catch (cause) {
      fail("bad-snapshot", cause);
    }
  };
  // RAM is written page by page afterwards. It is fresh zeros but for the firmware, which v86 has put below 1 MiB and
  // the snapshot's guest may have changed. (To zero all of it would take the browser's memory for every page.)
  loop.cpu.unpack_memory = () => loop.cpu.mem8.fill(0, 0, FIRMWARE_END);
  return () => {
    loop.restore_state = original;
  };
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

function putBack(cpu: Cpu, name: (typeof REPLACED_VIEWS)[number], view: View | undefined): void {
  if (view === undefined) return;
  const restored = cpu[name];
  if (restored === view) return;
  view[0] = restored[0] ?? 0;
  cpu[name] = view;
}
