import { expect, it } from "vitest";
import { countModules, wasm } from "./module-counter";

/** The smallest module: its magic number and version. */
const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

it("counts what is compiled while it counts, and leaves no trace", async () => {
  const original = wasm.instantiate;
  const counter = countModules();
  const { module } = (await wasm.instantiate(EMPTY)) as { module: object };
  await wasm.instantiate(EMPTY.buffer, {});
  await wasm.instantiate(module);
  expect(counter.count()).toEqual({ modules: 2, bytes: 16 });
  counter.stop();
  expect(wasm.instantiate).toBe(original);
});
