import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { compileCode } from "../../../worker/machine/emulator/warm-state";
import { findEmulator } from "../build";
import { mergeModules } from "./merge";
import { makeTrainingEmulator } from "./training-emulator";
import {
  OP,
  Reader,
  readInstructions,
  readSections,
  SECTION,
  signed,
  unsigned,
  vector,
  WasmFormatError,
  writeSections,
} from "./wasm-binary";

describe("LEB128", () => {
  it.each([0, 1, 63, 64, 127, 128, 16383, 16384, 0x7fffffff, 0x80000000, 0xffffffff])("keeps %i", (value) => {
    expect(new Reader(Uint8Array.from(unsigned(value))).unsigned()).toBe(value);
  });

  it.each([0, 1, -1, 63, 64, -64, -65, 4095, -4096, 200_000, 0x7fffffff, -0x80000000])(
    "keeps %i",
    (value) => {
      expect(new Reader(Uint8Array.from(signed(value))).signed()).toBe(value);
    },
  );

  it("reads what a linker padded", () => {
    expect(new Reader(Uint8Array.of(0x90, 0x9b, 0x80, 0x80, 0x00)).unsigned()).toBe(3472);
  });

  it.each([
    ["cut off", [0x80]],
    ["too long", [0x80, 0x80, 0x80, 0x80, 0x80, 0x00]],
  ])("refuses a number that is %s", (_, bytes) => {
    expect(() => new Reader(Uint8Array.from(bytes)).unsigned()).toThrow(WasmFormatError);
    expect(() => new Reader(Uint8Array.from(bytes)).signed()).toThrow(WasmFormatError);
  });
});

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

describe("sections", () => {
  it("are the same when they are written and read", () => {
    const sections = [
      { id: SECTION.type, bytes: Uint8Array.of(0) },
      { id: SECTION.code, bytes: new Uint8Array(300).fill(7) },
    ];
    expect(readSections(writeSections(sections))).toEqual(sections);
  });

  it.each([
    ["nothing", []],
    ["another version", [...HEADER.slice(0, 4), 2, 0, 0, 0]],
    ["a section that is longer than the module", [...HEADER, 1, 5, 0]],
  ])("are refused in %s", (_, bytes) => {
    expect(() => readSections(Uint8Array.from(bytes))).toThrow(WasmFormatError);
  });
});

describe("instructions", () => {
  it("have their numbers, and where they begin and end", () => {
    const bytes = [
      OP.i32Const,
      ...signed(-4096),
      OP.i32Load,
      2,
      ...unsigned(4_283_748),
      OP.brTable,
      1,
      0,
      5,
      OP.end,
    ];
    expect(readInstructions(Uint8Array.from(bytes), 0)).toMatchObject([
      { op: OP.i32Const, value: -4096, start: 0, end: 3 },
      { op: OP.i32Load, value: 2, offset: 4_283_748, start: 3, end: 9 },
      { op: OP.brTable, start: 9, end: 13 },
      { op: OP.end, start: 13, end: 14 },
    ]);
  });

  it.each([[[0xfd, 0]], [[OP.more, 8]], [[0x06, 0x40]], [[0xd0, 0x70]], [[OP.call]]])(
    "refuses %j",
    (bytes) => {
      expect(() => readInstructions(Uint8Array.from(bytes), 0)).toThrow(WasmFormatError);
    },
  );
});

/** Node's types know no values of WebAssembly. */
interface Inspecting {
  readonly Module: {
    exports(module: WebAssembly.Module): { readonly name: string }[];
    imports(module: WebAssembly.Module): unknown[];
  };
}

interface Parts {
  readonly types?: readonly (readonly number[])[];
  readonly body?: readonly number[];
  readonly from?: string;
}

/** As v86's JIT writes one, with these instructions. */
function jitModule({ types = [[0x60, 0, 0]], body = [OP.end], from = "e" }: Parts = {}): Uint8Array {
  const letter = from.charCodeAt(0);
  return writeSections([
    { id: SECTION.type, bytes: vector(types) },
    { id: SECTION.import, bytes: vector([[1, letter, 1, 0x6d, 2, 0, 64]]) },
    { id: SECTION.function, bytes: vector([[0]]) },
    { id: SECTION.code, bytes: vector([[body.length + 1, 0, ...body]]) },
  ]);
}

describe("mergeModules", () => {
  it("makes one module of all, with a function for each slot", async () => {
    const merged = await compileCode(
      mergeModules(
        new Map([
          [3, jitModule()],
          [70, jitModule()],
        ]),
      ),
    );
    const { Module } = Reflect.get(globalThis, "WebAssembly") as Inspecting;
    expect(Module.exports(merged).map(({ name }) => name)).toEqual(["3", "70"]);
    expect(Module.imports(merged)).toEqual([{ module: "e", name: "m", kind: "memory" }]);
  });

  it.each<[string, Uint8Array[]]>([
    ["nothing", []],
    ["bytes that are no module", [Uint8Array.of(1, 2, 3)]],
    ["modules with different types", [jitModule(), jitModule({ types: [[0x60, 1, 0x7f, 0]] })]],
    ["a module that imports from elsewhere", [jitModule({ from: "x" })]],
    ["a call of what is not imported", [jitModule({ body: [OP.call, 0, OP.end] })]],
    ["a module that is cut off", [jitModule().slice(0, -1)]],
    [
      "an access to memory that goes on otherwise",
      [
        jitModule({
          body: [
            ...[OP.block, 0x40, OP.localGet, 0, OP.i32Const, 12, OP.i32ShrU, OP.i32Const, 2, OP.i32Shl],
            ...[OP.i32Load, 2, 0, OP.localTee, 1, OP.end, OP.end],
          ],
        }),
      ],
    ],
  ])("refuses %s", (_, modules) => {
    expect(() => mergeModules(new Map(modules.map((bytes, slot) => [slot + 1, bytes])))).toThrow(
      WasmFormatError,
    );
  });
});

describe("makeTrainingEmulator", () => {
  it("refuses what is not the v86.wasm that it knows", async () => {
    const wasm = Uint8Array.from(await readFile(findEmulator().wasm));
    const known = makeTrainingEmulator(wasm);
    await compileCode(known);
    // Without names, as it comes out.
    expect(() => makeTrainingEmulator(known)).toThrow(WasmFormatError);
    expect(() => makeTrainingEmulator(jitModule())).toThrow(WasmFormatError);
    expect(() => makeTrainingEmulator(wasm.slice(0, 1_000_000))).toThrow(WasmFormatError);
  });
});
