/**
 * As much of WebAssembly's binary format as is needed to take v86's modules apart and put them together again
 * (WebAssembly Core Specification 2.0, section 5): sections, LEB128 numbers, and the instructions that v86's JIT emits.
 */
import { concatBytes } from "../../../worker/bytes";

const HEADER = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  global: 6,
  export: 7,
  code: 10,
} as const;
export const KIND = { function: 0, table: 1, memory: 2, global: 3 } as const;

export const OP = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  i32Load: 0x28,
  i32Load8U: 0x2d,
  i32Store8: 0x3a,
  i64Store32: 0x3e,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  i32Const: 0x41,
  i64Const: 0x42,
  f32Const: 0x43,
  f64Const: 0x44,
  i32Eqz: 0x45,
  i32Eq: 0x46,
  i32LeS: 0x4c,
  i32Add: 0x6a,
  i32And: 0x71,
  i32Or: 0x72,
  i32Xor: 0x73,
  i32Shl: 0x74,
  i32ShrU: 0x76,
  more: 0xfc,
} as const;

/** The type of a block without parameters and results, and the two value types that are written here. */
export const TYPE = { empty: 0x40, i32: 0x7f, i64: 0x7e } as const;

/** What is not as this code expects it: another v86, or bytes that are no module. */
export class WasmFormatError extends Error {
  override readonly name = "WasmFormatError";
}

/** Reads numbers and bytes one after the other. Throws `WasmFormatError` past the end. */
export class Reader {
  at: number;
  readonly #bytes: Uint8Array;
  readonly #end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.byteLength) {
    this.#bytes = bytes;
    this.at = at;
    this.#end = end;
  }

  get done(): boolean {
    return this.at >= this.#end;
  }

  byte(): number {
    const byte = this.at < this.#end ? this.#bytes[this.at] : undefined;
    if (byte === undefined) throw new WasmFormatError(`the bytes end at ${this.at}`);
    this.at++;
    return byte;
  }

  /** An unsigned LEB128 number below 2^32. */
  unsigned(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return value >>> 0;
    }
    throw new WasmFormatError(`a number is too long at ${this.at}`);
  }

  /** A signed LEB128 number of 32 bits. */
  signed(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if ((byte & 0x80) !== 0) continue;
      const unused = 32 - shift - 7;
      return unused > 0 && (byte & 0x40) !== 0 ? (value << unused) >> unused : value;
    }
    throw new WasmFormatError(`a number is too long at ${this.at}`);
  }

  skip(bytes: number): void {
    if (this.at + bytes > this.#end) throw new WasmFormatError(`the bytes end at ${this.#end}`);
    this.at += bytes;
  }

  take(bytes: number): Uint8Array {
    const from = this.at;
    this.skip(bytes);
    return this.#bytes.subarray(from, this.at);
  }

  name(): string {
    return new TextDecoder().decode(this.take(this.unsigned()));
  }
}

/** Unsigned LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const more = rest >>> 7 !== 0;
    bytes.push((rest & 0x7f) | (more ? 0x80 : 0));
    rest >>>= 7;
  } while (rest !== 0);
  return bytes;
}

/** Signed LEB128 of a 32-bit number. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}

/** A name as the format has it: its length in bytes and UTF-8. */
export function name(text: string): number[] {
  const bytes = new TextEncoder().encode(text);
  return [...unsigned(bytes.byteLength), ...bytes];
}

export interface Section {
  readonly id: number;
  readonly bytes: Uint8Array;
}

/** @throws WasmFormatError if the bytes are no module */
export function readSections(module: Uint8Array): Section[] {
  if (!HEADER.every((byte, index) => module[index] === byte))
    throw new WasmFormatError("no WebAssembly module");
  const reader = new Reader(module, HEADER.byteLength);
  const sections: Section[] = [];
  while (!reader.done) {
    const id = reader.byte();
    sections.push({ id, bytes: reader.take(reader.unsigned()) });
  }
  return sections;
}

export function writeSections(sections: readonly Section[]): Uint8Array<ArrayBuffer> {
  return concat([
    HEADER,
    ...sections.flatMap(({ id, bytes }) => [Uint8Array.from([id, ...unsigned(bytes.byteLength)]), bytes]),
  ]);
}

/** The section of this id. Throws `WasmFormatError` if there is none. */
export function sectionOf(sections: readonly Section[], id: number): Uint8Array {
  const section = sections.find((each) => each.id === id);
  if (section === undefined) throw new WasmFormatError(`the module has no section ${id}`);
  return section.bytes;
}

/** A vector as the format has it: the number of its entries, then they. */
export function vector(entries: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return concat([unsigned(entries.length), ...entries]);
}

/** The parts, one after another. */
export function concat(parts: readonly (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> {
  return concatBytes(parts.map((part) => (part instanceof Uint8Array ? part : Uint8Array.from(part))));
}

/** An instruction: where it stands, and its numbers, of which few have a second. */
export interface Instruction {
  readonly op: number;
  readonly start: number;
  readonly end: number;
  /** Index, label or constant (32 bits); of a memory access its alignment. */
  readonly value: number;
  /** Of a memory access, its offset. */
  readonly offset: number;
}

/** @throws WasmFormatError on an instruction that v86's JIT is not known to emit */
export function readInstructions(bytes: Uint8Array, from: number): Instruction[] {
  const reader = new Reader(bytes, from);
  const instructions: Instruction[] = [];
  while (!reader.done) {
    const start = reader.at;
    const op = reader.byte();
    let value = 0;
    let offset = 0;
    if (op === OP.block || op === OP.loop || op === OP.if) value = reader.byte();
    else if (op === OP.br || op === OP.brIf || op === OP.call) value = reader.unsigned();
    else if (op >= OP.localGet && op <= OP.globalSet) value = reader.unsigned();
    else if (op === OP.brTable) for (let labels = reader.unsigned(); labels >= 0; labels--) reader.unsigned();
    else if (op >= OP.i32Load && op <= OP.i64Store32)
      [value, offset] = [reader.unsigned(), reader.unsigned()];
    else if (op === OP.i32Const) value = reader.signed();
    else if (op === OP.i64Const) while ((reader.byte() & 0x80) !== 0);
    else if (op === OP.f32Const) reader.skip(4);
    else if (op === OP.f64Const) reader.skip(8);
    else if (op === OP.memorySize || op === OP.memoryGrow) reader.byte();
    else if (op === OP.more) {
      value = reader.unsigned();
      if (value > 7) throw new WasmFormatError(`instruction ${op} ${value} at ${start}`);
    } else if (
      op === OP.callIndirect ||
      (op > OP.callIndirect && op !== 0x1a && op !== 0x1b && op < OP.localGet) ||
      op > 0xc4
    ) {
      throw new WasmFormatError(`instruction ${op} at ${start}`);
    }
    instructions.push({ op, start, end: reader.at, value, offset });
  }
  return instructions;
}
