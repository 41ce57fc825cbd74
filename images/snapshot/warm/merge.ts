/** All that v86's JIT has compiled, as one module: smaller, and its functions are compiled when they are first called. */
import { type ImportedFunction, instructionsAt, type JitModule, readJitModule } from "./jit-module";
import { callOf, findAccess, keyOf, type Translation, translateBody } from "./memory-access";
import {
  concat,
  type Instruction,
  KIND,
  name,
  OP,
  Reader,
  readInstructions,
  SECTION,
  unsigned,
  vector,
  WasmFormatError,
  writeSections,
} from "./wasm-binary";

/** Smallest size of the imported memory, in pages of 64 KiB: what v86's modules ask for. */
const MEMORY_PAGES = 64;

/**
 * @param modules v86's modules by slot
 * @returns one module that imports what they import and exports the function of each by its slot's number
 * @throws WasmFormatError if one is not as this version of v86 makes them
 */
export function mergeModules(modules: ReadonlyMap<number, Uint8Array>): Uint8Array<ArrayBuffer> {
  const parsed = [...modules].map(([slot, bytes]) => ({ slot, module: readJitModule(bytes) }));
  const [first] = parsed;
  if (first === undefined) throw new WasmFormatError("there are no modules");
  const { types, type } = first.module;
  const imports = new Imports();
  for (const { module } of parsed) {
    if (!sameBytes(module.types, types)) throw new WasmFormatError("modules with different types");
    imports.add(module.imports);
  }
  const translations = new Translations(imports, types);
  const bodies = parsed.map(({ module }) => rewriteBody(module, imports, translations));
  const before = imports.count + translations.count;
  return writeSections([
    { id: SECTION.type, bytes: types },
    { id: SECTION.import, bytes: imports.section() },
    {
      id: SECTION.function,
      bytes: vector([...translations.types().map(unsigned), ...bodies.map(() => unsigned(type))]),
    },
    {
      id: SECTION.export,
      bytes: vector(
        parsed.map(({ slot }, index) => [...name(String(slot)), KIND.function, ...unsigned(before + index)]),
      ),
    },
    {
      id: SECTION.code,
      bytes: vector(
        [...translations.bodies(), ...bodies].map((body) => concat([unsigned(body.byteLength), body])),
      ),
    },
  ]);
}

function rewriteBody(
  { body, imports: own }: JitModule,
  imports: Imports,
  translations: Translations,
): Uint8Array {
  const from = instructionsAt(body);
  const code = readInstructions(body, from);
  const parts: (Uint8Array | number[])[] = [];
  let copied = 0;
  const copyTo = (end: number): void => {
    if (end > copied) parts.push(body.subarray(copied, end));
    copied = end;
  };
  for (let at = 0; at < code.length; at++) {
    const instruction = code[at] as Instruction;
    const access = instruction.op === OP.block ? findAccess(code, at, own) : undefined;
    if (access !== undefined) {
      copyTo(access.start);
      parts.push(body.subarray(access.argumentsStart, access.argumentsEnd));
      parts.push(callOf(access, translations.indexOf(access.translation)));
      copied = access.end;
      at = access.next - 1;
    } else if (instruction.op === OP.call) {
      copyTo(instruction.start);
      const called = own[instruction.value];
      if (called === undefined) throw new WasmFormatError(`a call of function ${instruction.value}`);
      parts.push([OP.call, ...unsigned(imports.indexOf(called.name))]);
      copied = instruction.end;
    }
  }
  copyTo(body.byteLength);
  return concat(parts);
}

/** The functions that any of the modules imports, each once. */
class Imports {
  readonly #functions = new Map<string, { readonly index: number; readonly type: number }>();

  get count(): number {
    return this.#functions.size;
  }

  add(functions: readonly ImportedFunction[]): void {
    for (const { name: own, type } of functions) {
      const known = this.#functions.get(own);
      if (known === undefined) this.#functions.set(own, { index: this.count, type });
      else if (known.type !== type) throw new WasmFormatError(`${own} with two types`);
    }
  }

  indexOf(own: string): number {
    const known = this.#functions.get(own);
    if (known === undefined) throw new WasmFormatError(`${own} is not imported`);
    return known.index;
  }

  section(): Uint8Array {
    const functions = [...this.#functions].map(([own, { type }]) => [
      ...[...name("e"), ...name(own)],
      ...[KIND.function, ...unsigned(type)],
    ]);
    const memory = [...name("e"), ...name("m"), KIND.memory, 0, ...unsigned(MEMORY_PAGES)];
    return vector([...functions, memory]);
  }
}

/** The functions that stand for accesses to memory. They come behind the imports, in the order of their first use. */
class Translations {
  readonly #all: Translation[] = [];
  readonly #indices = new Map<string, number>();
  readonly #imports: Imports;
  readonly #parameters: readonly number[];

  constructor(imports: Imports, types: Uint8Array) {
    this.#imports = imports;
    this.#parameters = countParameters(types);
  }

  get count(): number {
    return this.#all.length;
  }

  indexOf(translation: Translation): number {
    const key = keyOf(translation);
    const index = this.#indices.get(key) ?? this.#all.push(translation) - 1;
    this.#indices.set(key, index);
    return this.#imports.count + index;
  }

  types(): number[] {
    return this.#all.map(({ slow }) => slow.type);
  }

  bodies(): Uint8Array[] {
    return this.#all.map((translation) => {
      const parameters = this.#parameters[translation.slow.type] ?? 0;
      return translateBody(translation, parameters, this.#imports.indexOf(translation.slow.name));
    });
  }
}

/** How many parameters each type of a type section has. */
function countParameters(types: Uint8Array): number[] {
  const reader = new Reader(types);
  return Array.from({ length: reader.unsigned() }, () => {
    if (reader.byte() !== 0x60) throw new WasmFormatError("a type that is no function's");
    const parameters = reader.unsigned();
    reader.skip(parameters);
    reader.skip(reader.unsigned());
    return parameters;
  });
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, index) => byte === b[index]);
}
