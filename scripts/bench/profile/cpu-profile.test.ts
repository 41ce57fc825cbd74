import { expect, it } from "vitest";
import { classify, type CpuProfile, summarise, ThreadProfiler } from "./cpu-profile";

const V86 = "wasm://wasm/00aa";
const frame = (functionName: string, url = V86): CpuProfile["nodes"][number]["callFrame"] => ({
  functionName,
  url,
});

it.each([
  ["wasm-function[12]", V86, "compiled code"],
  ["_RNvNtCslOG1uufA09K_3v867codegen11gen_test_le", V86, "JIT compile"],
  ["_RNvNtCslOG1uufA09K_3v8616jit_instructions12instr_1C_jit", V86, "JIT compile"],
  ["_RNvNtNtCslOG1uufA09K_3v863gen11interpreter3run", V86, "interpreter"],
  ["instr32_0F_mem", V86, "interpreter"],
  ["_RNvNtNtCslOG1uufA09K_3v863cpu3cpu20do_many_cycles_native", V86, "main loop"],
  ["_RNvNtNtCslOG1uufA09K_3v863cpu3cpu12do_page_walk", V86, "memory and faults"],
  ["memcpy", V86, undefined],
  ["read", "file:///repo/worker/disk/disk.ts", "disk"],
  ["send", "file:///repo/worker/lan/tcp/connection.ts", "LAN"],
  ["run", "file:///repo/node_modules/v86/build/libv86.mjs", "devices"],
  ["instantiate", "", "wasm compile"],
  ["(garbage collector)", "", "collecting garbage"],
  ["processTicks", "node:internal/process", undefined],
])("knows what %s of %s is for", (functionName, url, part) => {
  expect(classify({ functionName, url })).toBe(part);
});

it("gives time to the function itself, or to the nearest caller that says what it is for", () => {
  const seconds = summarise({
    nodes: [
      { id: 1, callFrame: frame("(root)", ""), children: [2, 5] },
      { id: 2, callFrame: frame("_RNvNtCs_3v863jit16jit_generate_module"), children: [3] },
      { id: 3, callFrame: frame("malloc"), children: [4] },
      { id: 4, callFrame: frame("memset") },
      { id: 5, callFrame: frame("wasm-function[3]", "wasm://wasm/0bb") },
    ],
    samples: [4, 3, 5, 5, 1],
    timeDeltas: [1000, 2000, 4000, 8000, -5],
  });
  expect(seconds["JIT compile"]).toBeCloseTo(0.003);
  expect(seconds["compiled code"]).toBeCloseTo(0.012);
  expect(seconds.other).toBe(0);
});

it("profiles this thread", async () => {
  const profiler = new ThreadProfiler();
  await profiler.open();
  const { result, parts } = await profiler.profile(async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return "done";
  });
  profiler.close();
  expect(result).toBe("done");
  expect(Object.values(parts).reduce((sum, value) => sum + value, 0)).toBeGreaterThan(0);
});
