/** A module as v86's JIT makes it: one function of one page of machine code, which imports what it calls from `e`. */
import { KIND, Reader, readSections, SECTION, sectionOf, WasmFormatError } from "./wasm-binary";

export interface ImportedFunction {
  readonly name: string;
  readonly type: number;
}

export interface JitModule {
  /** The type section: the same in all modules. */
  readonly types: Uint8Array;
  /** In the order of their indices. */
  readonly imports: readonly ImportedFunction[];
  /** The index of the function's type. */
  readonly type: number;
  /** The function's locals and instructions. */
  readonly body: Uint8Array;
}

/** @throws WasmFormatError if it is not such a module */
export function readJitModule(bytes: Uint8Array): JitModule {
  const sections = readSections(bytes);
  const functions = new Reader(sectionOf(sections, SECTION.function));
  const code = new Reader(sectionOf(sections, SECTION.code));
  if (functions.unsigned() !== 1 || code.unsigned() !== 1)
    throw new WasmFormatError("more than one function");
  return {
    types: sectionOf(sections, SECTION.type),
    imports: readImports(sectionOf(sections, SECTION.import)),
    type: functions.unsigned(),
    body: code.take(code.unsigned()),
  };
}

function readImports(section: Uint8Array): ImportedFunction[] {
  const reader = new Reader(section);
  const imports: ImportedFunction[] = [];
  for (let count = reader.unsigned(); count > 0; count--) {
    if (reader.name() !== "e") throw new WasmFormatError("an import from elsewhere");
    const name = reader.name();
    const kind = reader.byte();
    if (kind === KIND.function) imports.push({ name, type: reader.unsigned() });
    else if (kind === KIND.memory && name === "m") {
      const limits = reader.byte();
      reader.unsigned();
      if (limits !== 0) reader.unsigned();
    } else throw new WasmFormatError(`an import ${name} of kind ${kind}`);
  }
  return imports;
}

/** Where the instructions of a body begin, behind its locals. */
export function instructionsAt(body: Uint8Array): number {
  const reader = new Reader(body);
  for (let groups = reader.unsigned(); groups > 0; groups--) {
    reader.unsigned();
    reader.byte();
  }
  return reader.at;
}
