/** The real v86 compiles a program; what it has compiled goes, merged, into another machine, which goes on with it. */
import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { compileEmulator, Emulator, type EmulatorCode } from "../../../worker/machine/emulator/emulator";
import type { CodeTraining } from "../../../worker/machine/emulator/code-training";
import { checksumBios, readResults } from "../../../worker/machine/testing/checksum-bios";
import { emptyDisk } from "../../../worker/machine/testing/empty-disk";
import { compileCode, type OutsideRam, type WarmState } from "../../../worker/machine/emulator/warm-state";
import { findEmulator } from "../build";
import { mergeModules } from "./merge";
import { makeTrainingEmulator } from "./training-emulator";

const MEBIBYTE = 1024 * 1024;

let wasm: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  wasm = Uint8Array.from(await readFile(findEmulator().wasm));
});

async function make(wasm: EmulatorCode, thinState?: ArrayBuffer): Promise<Emulator> {
  return Emulator.create({
    wasm,
    memoryBytes: 16 * MEBIBYTE,
    vgaMemoryBytes: MEBIBYTE,
    bios: checksumBios(),
    vgaBios: new ArrayBuffer(32768),
    disk: emptyDisk(),
    ...(thinState === undefined ? {} : { thinState }),
  });
}

const resultsOf = (emulator: Emulator): ReturnType<typeof readResults> =>
  readResults((visit) => emulator.forEachPage(visit));

async function runUntil(emulator: Emulator, done: () => boolean): Promise<void> {
  await emulator.run();
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 10));
  await emulator.stop();
}

async function settle(training: CodeTraining): Promise<void> {
  while (training.pending > 0) await new Promise((resolve) => setTimeout(resolve, 10));
}

interface Saved {
  readonly thinState: ArrayBuffer;
  readonly pages: ReadonlyMap<number, Uint8Array>;
  readonly outside: OutsideRam;
  readonly code: Uint8Array<ArrayBuffer>;
  readonly compiled: number;
  readonly rounds: number;
  readonly sum: number;
}

/** A machine that has run for a while, with or without training. */
async function run(train: boolean): Promise<Saved> {
  const emulator = await make(await compileEmulator(makeTrainingEmulator(wasm)));
  const training = emulator.trainCode();
  await runUntil(emulator, () => resultsOf(emulator).rounds > 1);
  if (train) training.begin(20_000);
  const before = resultsOf(emulator).rounds;
  await runUntil(emulator, () => training.modules.size > 0 && resultsOf(emulator).rounds > before + 50);
  await settle(training);
  const pages = new Map<number, Uint8Array>();
  emulator.forEachPage((page, bytes) => pages.set(page, bytes.slice()));
  const saved = {
    thinState: await emulator.saveThinState(),
    pages,
    outside: emulator.saveOutsideRam(),
    code: mergeModules(training.modules),
    compiled: emulator.compiledPages,
    ...resultsOf(emulator),
  };
  expect(saved.errors).toBe(0);
  expect(saved.compiled).toBe(training.modules.size);
  await emulator.destroy();
  return saved;
}

async function restore(saved: Saved, change: Partial<WarmState> = {}): Promise<Emulator> {
  const emulator = await make(await compileEmulator(wasm), saved.thinState.slice(0));
  for (const [page, bytes] of saved.pages) emulator.writePage(page, bytes);
  const code = await compileCode(saved.code);
  await emulator.warmUp({ ...saved.outside, code, ...change }, saved.thinState);
  return emulator;
}

describe("a machine that was trained", () => {
  let saved: Saved;
  beforeAll(async () => {
    saved = await run(true);
  });

  it("goes on in another emulator with what was compiled, compiles nothing anew, and computes the same", async () => {
    const emulator = await restore(saved);
    expect(emulator.compiledPages).toBe(saved.compiled);
    await runUntil(emulator, () => resultsOf(emulator).rounds > saved.rounds + 50);
    expect(resultsOf(emulator)).toMatchObject({ sum: saved.sum, errors: 0 });
    expect(emulator.compiledPages).toBe(saved.compiled);
    await emulator.destroy();
  }, 60_000);

  it("goes on as well from a state that was gone back to", async () => {
    const emulator = await restore(saved);
    await runUntil(emulator, () => resultsOf(emulator).rounds > saved.rounds + 5);
    const pages = new Map(saved.pages);
    emulator.forEachPage((page) => {
      if (!pages.has(page)) pages.set(page, new Uint8Array(4096));
    });
    emulator.rewind(saved.thinState, pages);
    expect(resultsOf(emulator).rounds).toBe(saved.rounds);
    await runUntil(emulator, () => resultsOf(emulator).rounds > saved.rounds + 5);
    expect(resultsOf(emulator)).toMatchObject({ sum: saved.sum, errors: 0 });
    await emulator.destroy();
  }, 60_000);

  it("has compiled less than one that was not: what is never executed is left out", async () => {
    const untrained = await run(false);
    expect(saved.code.byteLength).toBeLessThan(untrained.code.byteLength);
    expect(untrained.sum).toBe(saved.sum);
  }, 60_000);

  it.each<[string, (state: Saved) => Partial<WarmState>]>([
    ["memory below RAM of another size", ({ outside }) => ({ below: outside.below.slice(65536) })],
    ["memory above RAM that is no whole page", ({ outside }) => ({ above: outside.above.slice(1) })],
    ["less memory than v86 takes at once", () => ({ above: new Uint8Array() })],
  ])("is refused with %s", async (_, change) => {
    await expect(restore(saved, change(saved))).rejects.toMatchObject({ code: "bad-snapshot" });
  });

  it("is refused with code that is not what its memory names", async () => {
    const none = await compileCode(Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00));
    await expect(restore(saved, { code: none })).rejects.toMatchObject({ code: "bad-snapshot" });
    const other = await compileEmulator(wasm);
    await expect(restore(saved, { code: other.module })).rejects.toMatchObject({ code: "bad-snapshot" });
  });
});

it("does not train an emulator that cannot be trained", async () => {
  const emulator = await make(await compileEmulator(wasm));
  expect(() => emulator.trainCode().begin(1000)).toThrow(
    expect.objectContaining({ code: "version-mismatch" }),
  );
  await emulator.destroy();
});
