/**
 * V8's CPU profile of the thread that runs the machine, summed up by what the time is for. v86.wasm has the names of its
 * functions; the modules that its JIT makes have none.
 */
import { Session } from "node:inspector/promises";

export const PARTS = [
  "compiled code",
  "interpreter",
  "memory and faults",
  "main loop",
  "JIT compile",
  "wasm compile",
  "devices",
  "disk",
  "LAN",
  "agent",
  "collecting garbage",
  "idle",
  "other",
] as const;
export type Part = (typeof PARTS)[number];
/** Seconds by part. */
export type PartSeconds = Readonly<Record<Part, number>>;

export interface Frame {
  readonly functionName: string;
  readonly url: string;
}

/** Of the inspector's `Profiler.Profile`, what is used here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: Frame;
    readonly children?: readonly number[] | undefined;
  }[];
  /** Ids of nodes. */
  readonly samples?: readonly number[] | undefined;
  /** Microseconds between one sample and the one before. */
  readonly timeDeltas?: readonly number[] | undefined;
}

/** In an order: the first that fits. Rust's mangled names have each module's name after its length. */
const WASM_NAMES: readonly (readonly [RegExp, Part])[] = [
  [
    /3v86(16jit_instructions|7codegen|7wasmgen|3jit|8analysis|12control_flow|3gen(3jit|5jit0f|8analyzer))/,
    "JIT compile",
  ],
  [
    /^instr(16|32)?_|3v86(3gen11interpreter|13gen)|3cpu(12instructions|15instructions_0f|5arith|6string|3fpu|9sse_instr|10misc_instr)/,
    "interpreter",
  ],
  [/run_instruction/, "interpreter"],
  [/main_loop|do_many_cycles|cycle_internal|handle_irqs|jit_find_cache_entry/, "main loop"],
  [
    /3v863cpu(6memory|4vga)|page_walk|translate|tlb|safe_(read|write)|(read|write)_(slow|mmap)/,
    "memory and faults",
  ],
  [/3v863cpu/, "interpreter"],
];

const URLS: readonly (readonly [RegExp, Part])[] = [
  [/\/worker\/(lan|hub|http)\/|\/worker\/machine\/(network|registr)/, "LAN"],
  [/\/worker\/disk\/|zstddec/, "disk"],
  [/\/worker\/(agent|machine)\//, "agent"],
  [/\/libv86\.mjs$/, "devices"],
];

/** V8's own names for what is no function. */
const SPECIAL: ReadonlyMap<string, Part> = new Map([
  ["(garbage collector)", "collecting garbage"],
  ["(idle)", "idle"],
  ["(program)", "other"],
  ["(root)", "other"],
]);

/** What a function's time is for; undefined when that depends on who called it. */
export function classify({ functionName, url }: Frame): Part | undefined {
  const special = SPECIAL.get(functionName);
  if (special !== undefined) return special;
  if (url.startsWith("wasm://")) {
    if (/^(wasm-function\[\d+\]|\d*|f)$/.test(functionName)) return "compiled code";
    return WASM_NAMES.find(([pattern]) => pattern.test(functionName))?.[1];
  }
  if (/^(instantiate|compile)$/.test(functionName) && (url === "" || /module-counter/.test(url))) {
    return "wasm compile";
  }
  return URLS.find(([pattern]) => pattern.test(url))?.[1];
}

/** Seconds of each part. What cannot be told by itself is its caller's. */
export function summarise({ nodes, samples = [], timeDeltas = [] }: CpuProfile): PartSeconds {
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  );
  const own = new Map(nodes.map(({ id, callFrame }) => [id, classify(callFrame)]));
  const partOf = (id: number): Part => {
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const part = own.get(at);
      if (part !== undefined) return part;
    }
    return "other";
  };
  const seconds = Object.fromEntries(PARTS.map((part) => [part, 0])) as Record<Part, number>;
  samples.forEach((id, index) => {
    seconds[partOf(id)] += Math.max(0, timeDeltas[index] ?? 0) / 1e6;
  });
  return seconds;
}

/** Microseconds between two samples. */
const INTERVAL = 1000;

/** Profiles this thread while something runs on it. */
export class ThreadProfiler {
  readonly #session = new Session();

  async open(): Promise<void> {
    this.#session.connect();
    await this.#session.post("Profiler.enable");
    await this.#session.post("Profiler.setSamplingInterval", { interval: INTERVAL });
  }

  async profile<T>(run: () => Promise<T>): Promise<{ readonly result: T; readonly parts: PartSeconds }> {
    await this.#session.post("Profiler.start");
    try {
      const result = await run();
      return { result, parts: summarise((await this.#session.post("Profiler.stop")).profile) };
    } catch (error) {
      await this.#session.post("Profiler.stop");
      throw error;
    }
  }

  close(): void {
    this.#session.disconnect();
  }
}
