/**
 * v86.wasm for the machine that learns what is worth shipping. Two things differ, both off until `CodeTraining` switches
 * them on; statics, heap and table are as in the original, which goes on with what this one has learnt.
 *
 * Only what was executed is compiled. v86 compiles all of a page that it can reach by following jumps, which is twice as
 * much as is ever executed. It knows where execution has been: those are the page's entry points, and they come first. So
 * the jumps that it follows afterwards are followed only to those places.
 *
 * And the threshold from which on a page is compiled can be lowered: what pays in a page's lifetime of minutes is another
 * thing than what pays in that of a snapshot.
 *
 * All of it is looked for by name or content, and refused if it is not as in the version that package.json pins.
 */
import {
  concat,
  KIND,
  name,
  OP,
  Reader,
  readSections,
  SECTION,
  type Section,
  sectionOf,
  signed,
  TYPE,
  unsigned,
  vector,
  WasmFormatError,
  writeSections,
} from "./wasm-binary";
import { TRAINING_EXPORTS } from "../../../worker/machine/emulator/code-training";

/** `jit::jit_find_basic_blocks::follow_jump` and `jit::jit_analyze_and_generate`, as Rust mangles them. */
const FOLLOW_JUMP = /3jit21jit_find_basic_blocks11follow_jump$/;
const GENERATE = /3jit24jit_analyze_and_generate$/;
/** Its parameters: where the result goes, the target's virtual address, and six more. */
const FOLLOW_JUMP_PARAMETERS = 8;
const TARGET = 1;
/** The calls of it: for the entry points, for conditional jumps, for other jumps. */
const CALLS = 3;
const THRESHOLD = 200_000;
/** The last 16 bytes of a page: v86 follows no jump there. */
const NEVER_FOLLOWED = 0xff0;

/** @throws WasmFormatError if it is another v86.wasm than this code knows */
export function makeTrainingEmulator(wasm: Uint8Array): Uint8Array<ArrayBuffer> {
  const sections = readSections(wasm);
  const functions = readVector(sectionOf(sections, SECTION.function), (reader) => reader.unsigned());
  const imported = countImportedFunctions(sectionOf(sections, SECTION.import));
  const names = readFunctionNames(sections);
  const followJump = indexOf(names, FOLLOW_JUMP);
  const generate = indexOf(names, GENERATE) - imported;
  const type = functions[followJump - imported];
  if (type === undefined) throw new WasmFormatError("follow_jump is not a function of v86.wasm");
  const globals = readCount(sectionOf(sections, SECTION.global));
  const [seen, threshold] = [globals, globals + 1];
  const [followEntry, followSeen] = [imported + functions.length, imported + functions.length + 1];
  const bodies = readVector(sectionOf(sections, SECTION.code), (reader) => reader.take(reader.unsigned()));
  const generating = bodies[generate];
  if (generating === undefined) throw new WasmFormatError("there is no jit_analyze_and_generate");
  bodies[generate] = redirectCalls(generating, followJump, [followEntry, followSeen, followSeen]);
  replaceThreshold(bodies, threshold);
  bodies.push(entryBody(seen, followJump), seenBody(seen, followJump));
  const replaced = new Map<number, Uint8Array>([
    [SECTION.function, vector([...functions, type, type].map(unsigned))],
    [SECTION.global, appended(sections, SECTION.global, [globalOf(0), globalOf(THRESHOLD)])],
    [
      SECTION.export,
      appended(sections, SECTION.export, [
        [...name(TRAINING_EXPORTS.seen), KIND.global, ...unsigned(seen)],
        [...name(TRAINING_EXPORTS.threshold), KIND.global, ...unsigned(threshold)],
      ]),
    ],
    [SECTION.code, vector(bodies.map((body) => concat([unsigned(body.byteLength), body])))],
  ]);
  const rest = sections.filter(({ id }) => id !== SECTION.custom);
  return writeSections(rest.map(({ id, bytes }) => ({ id, bytes: replaced.get(id) ?? bytes })));
}

function readVector<T>(section: Uint8Array, read: (reader: Reader) => T): T[] {
  const reader = new Reader(section);
  return Array.from({ length: reader.unsigned() }, () => read(reader));
}

function readCount(section: Uint8Array): number {
  return new Reader(section).unsigned();
}

/** A section that is a vector, with more entries. */
function appended(sections: readonly Section[], id: number, entries: readonly number[][]): Uint8Array {
  const bytes = sectionOf(sections, id);
  const reader = new Reader(bytes);
  const count = reader.unsigned() + entries.length;
  return concat([unsigned(count), bytes.subarray(reader.at), ...entries]);
}

/** A 32-bit global that can be set. */
function globalOf(value: number): number[] {
  return [TYPE.i32, 1, OP.i32Const, ...signed(value), OP.end];
}

function countImportedFunctions(section: Uint8Array): number {
  const reader = new Reader(section);
  let functions = 0;
  for (let count = reader.unsigned(); count > 0; count--) {
    reader.name();
    reader.name();
    const kind = reader.byte();
    if (kind === KIND.function) {
      reader.unsigned();
      functions++;
    } else if (kind === KIND.table || kind === KIND.memory) {
      if (kind === KIND.table) reader.byte();
      const limits = reader.byte();
      reader.unsigned();
      if ((limits & 1) !== 0) reader.unsigned();
    } else throw new WasmFormatError(`v86.wasm imports something of kind ${kind}`);
  }
  return functions;
}

/** The name section's function names, by index (WebAssembly Core Specification 2.0, section 7.4.1). */
function readFunctionNames(sections: readonly Section[]): Map<number, string> {
  const names = new Map<number, string>();
  for (const { id, bytes } of sections) {
    if (id !== SECTION.custom) continue;
    const reader = new Reader(bytes);
    if (reader.name() !== "name") continue;
    while (!reader.done) {
      const subsection = reader.byte();
      const content = reader.take(reader.unsigned());
      if (subsection !== 1) continue;
      const entries = new Reader(content);
      for (let count = entries.unsigned(); count > 0; count--) names.set(entries.unsigned(), entries.name());
    }
  }
  return names;
}

function indexOf(names: ReadonlyMap<number, string>, pattern: RegExp): number {
  const found = [...names].filter(([, text]) => pattern.test(text));
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new WasmFormatError(`v86.wasm has ${found.length} functions ${pattern.source}`);
  }
  return only[0];
}

/** An index as linkers write it: five bytes, so that another fits into its place. */
function padded(index: number): number[] {
  return [0, 7, 14, 21, 28].map((shift) => ((index >>> shift) & 0x7f) | (shift < 28 ? 0x80 : 0));
}

function redirectCalls(body: Uint8Array, from: number, to: readonly number[]): Uint8Array {
  const found = findBytes(body, [OP.call, ...padded(from)]);
  if (found.length !== CALLS) throw new WasmFormatError(`v86.wasm calls follow_jump ${found.length} times`);
  const result = body.slice();
  found.forEach((at, index) => result.set([OP.call, ...padded(to[index] ?? 0)], at));
  return result;
}

/** Puts the global into the place of the one constant, in as many bytes. */
function replaceThreshold(bodies: Uint8Array[], global: number): void {
  const constant = [OP.i32Const, ...signed(THRESHOLD)];
  const NOP = 0x01;
  const load = [OP.globalGet, ...unsigned(global)];
  const replacement = [...load, ...Array<number>(constant.length - load.length).fill(NOP)];
  const found = bodies.flatMap((body, index) => findBytes(body, constant).map((at) => ({ body, index, at })));
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new WasmFormatError(`v86.wasm has ${found.length} thresholds of ${THRESHOLD}`);
  }
  const result = only.body.slice();
  result.set(replacement, only.at);
  bodies[only.index] = result;
}

function findBytes(haystack: Uint8Array, needle: readonly number[]): number[] {
  const bytes = Buffer.from(haystack.buffer, haystack.byteOffset, haystack.byteLength);
  const wanted = Uint8Array.from(needle);
  const found: number[] = [];
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) found.push(at);
  return found;
}

const allParameters = Array.from({ length: FOLLOW_JUMP_PARAMETERS }, (_, index) => [
  OP.localGet,
  index,
]).flat();

/** The address of the target's byte in the map of seen places, which has a bit for each address of a page. */
function mapAddress(seen: number): number[] {
  return [
    ...[OP.globalGet, ...unsigned(seen), OP.localGet, TARGET, OP.i32Const, 3, OP.i32ShrU],
    ...[OP.i32Const, ...signed(0x1ff), OP.i32And, OP.i32Add],
  ];
}

const targetBit = [OP.i32Const, 1, OP.localGet, TARGET, OP.i32Const, 7, OP.i32And, OP.i32Shl];

/** Marks the target as seen, if there is a map, and follows. */
function entryBody(seen: number, followJump: number): Uint8Array {
  return concat([
    [0, OP.globalGet, ...unsigned(seen), OP.if, TYPE.empty],
    [
      ...mapAddress(seen),
      ...mapAddress(seen),
      OP.i32Load8U,
      0,
      0,
      ...targetBit,
      OP.i32Or,
      OP.i32Store8,
      0,
      0,
    ],
    [OP.end, ...allParameters, OP.call, ...padded(followJump), OP.end],
  ]);
}

/** Follows to where the target is marked, or there is no map; else to where v86 follows nothing. */
function seenBody(seen: number, followJump: number): Uint8Array {
  return concat([
    [0, OP.globalGet, ...unsigned(seen), OP.if, TYPE.empty],
    [...mapAddress(seen), OP.i32Load8U, 0, 0, ...targetBit, OP.i32And, OP.i32Eqz, OP.if, TYPE.empty],
    [OP.localGet, TARGET, OP.i32Const, ...signed(NEVER_FOLLOWED), OP.i32Or, OP.localSet, TARGET],
    [OP.end, OP.end, ...allParameters, OP.call, ...padded(followJump), OP.end],
  ]);
}
