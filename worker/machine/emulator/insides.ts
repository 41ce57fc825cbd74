/** What v86 has inside, as far as it is used here: its types say nothing of it. */
import type { CompilingCpu } from "./code-training";
import type { WarmCpu } from "./warm-state";

export type Listener = (value: never) => void;
export type View = Int32Array | Uint16Array | Uint8Array;

interface VirtQueue {
  is_configured(): unknown;
  has_request(): boolean;
}

export interface Cpu extends CompilingCpu, WarmCpu {
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
export interface RunLoop {
  cpu: Cpu;
  /** In a browser, the helper worker through which v86 yields; null in Node, which has setImmediate. */
  worker: object | null;
  yield(ms: number, tick: number): void;
  yield_callback(tick: number): void;
  restore_state(state: ArrayBuffer): void;
  unregister_yield(): void;
}

export interface Insides {
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
export const REPLACED_VIEWS = ["last_result", "fpu_status_word", "mxcsr"] as const;

/** Gives one of these registers its view back, with the value that was restored. */
export function putBack(cpu: Cpu, name: (typeof REPLACED_VIEWS)[number], view: View | undefined): void {
  if (view === undefined) return;
  const restored = cpu[name];
  if (restored === view) return;
  view[0] = restored[0] ?? 0;
  cpu[name] = view;
}
