/** Makes a v86, stopped, with what has to be put right before it runs. */
import { V86 } from "v86";
import { DrydockError, type ErrorCode, messageOf } from "../../../contract/errors";
import type { TrainingExports } from "./code-training";
import { type Insides, putBack, REPLACED_VIEWS, type RunLoop, type View } from "./insides";
import { type CountFreeSlots, type FunctionTable, growTable, initWithSlots } from "./jit-slots";

/** The disk that the guest sees as /dev/sda: v86's "custom buffer" contract (see worker/disk/device.ts). */
export interface DiskPort {
  readonly byteLength: number;
  onload: ((event: object) => void) | undefined;
  load(): void;
  get(start: number, length: number, done: (bytes: Uint8Array<ArrayBuffer>) => void): void;
  set(start: number, bytes: Uint8Array, done: () => void): void;
}

/** v86.wasm, compiled. */
export interface EmulatorCode {
  readonly module: WebAssembly.Module;
  /** Of its bytes, lower-case hex: what a snapshot holds fits this one and no other. */
  readonly sha256: string;
}

export interface EmulatorOptions {
  readonly wasm: EmulatorCode;
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

type Fail = (code: ErrorCode, cause: unknown) => void;

/** v86 loads the BIOS and the VGA BIOS below this address. */
const FIRMWARE_END = 0x10_0000;

/** Index of the JIT's "most pages a module" setting, and its value: 1 is several times faster here than v86's 3. */
const JIT_MAX_PAGES = { index: 1, value: 1 } as const;

export interface Constructed {
  readonly v86: Insides;
  readonly table: FunctionTable;
  /** v86.wasm's own. */
  readonly exports: TrainingExports;
  readonly countFreeSlots: CountFreeSlots;
}

/** @throws DrydockError as `Emulator.create` does */
export function construct(options: EmulatorOptions): Promise<Constructed> {
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
          const { exports } = await WebAssembly.instantiate(options.wasm.module, grown.imports);
          const own = exports as unknown as TrainingExports;
          made = { table: grown.table, exports: own };
          const init = (): void => {
            try {
              countFreeSlots = initWithSlots(own);
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
