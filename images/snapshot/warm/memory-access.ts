/**
 * v86 writes out each access to the guest's memory: 75 bytes of WebAssembly that look in the TLB, with a branch to a slow
 * function. They are more than half of a page's code, and an optimising compiler's time goes with the size of a
 * function. Here they are found, and replaced by calls of a few small functions that do the same (`translate`).
 *
 *     block                                         read in v86's src/rust/codegen.rs: gen_safe_read, gen_safe_write
 *       entry = tlb[address >> 12]
 *       br_if 0 (entry & mask) == valid [and the access does not cross the page]
 *       entry = slow(address, …)
 *       br_if fault (entry & 1)
 *     end
 *     (entry & ~0xfff) ^ address
 */
import type { ImportedFunction } from "./jit-module";
import { concat, type Instruction, OP, signed, TYPE, unsigned, WasmFormatError } from "./wasm-binary";

/** What distinguishes the functions of one kind from each other. */
export interface Translation {
  /** The slow function: it gets the same arguments, of which the first is the address. */
  readonly slow: ImportedFunction;
  /** The TLB's address in memory, in bytes. */
  readonly tlb: number;
  /** Which bits of a TLB's entry must be as in a valid one. */
  readonly mask: number;
  /** The last offset in a page at which the access fits into it; undefined for single bytes. */
  readonly lastOffset: number | undefined;
}

export function keyOf({ slow, tlb, mask, lastOffset }: Translation): string {
  return [slow.name, tlb, mask, lastOffset].join(" ");
}

/** An access in a body: what stands from `start` to `end` leaves a translated address on the stack. */
export interface MemoryAccess {
  readonly start: number;
  readonly end: number;
  readonly translation: Translation;
  /** Where the arguments of the slow function are made, the address among them. */
  readonly argumentsStart: number;
  readonly argumentsEnd: number;
  /** The local that holds the TLB's entry. */
  readonly entry: number;
  /** The label of the fault, seen from outside the block. */
  readonly faultLabel: number;
  /** The number of the instruction behind it. */
  readonly next: number;
}

const PAGE_MASK = 0xfff;

/**
 * The access that begins at this instruction, if one does. An access of v86's that reads and then writes remembers
 * whether it took the fast path, and is left as it is: there are few.
 * @throws WasmFormatError if one begins as v86 writes it and goes on otherwise
 */
export function findAccess(
  code: readonly Instruction[],
  first: number,
  imports: readonly ImportedFunction[],
): MemoryAccess | undefined {
  let at = first;
  const is = (op: number, value?: number): boolean => {
    const instruction = code[at];
    return instruction?.op === op && (value === undefined || instruction.value === value);
  };
  const take = (op: number, value?: number): Instruction => {
    const instruction = code[at];
    if (instruction === undefined || !is(op, value)) {
      throw new WasmFormatError(`an access to memory at ${code[first]?.start ?? 0} goes on otherwise`);
    }
    at++;
    return instruction;
  };
  if (!beginsAccess(code, first)) return undefined;
  const { start } = take(OP.block);
  const address = take(OP.localGet).value;
  for (const op of [OP.i32Const, OP.i32ShrU, OP.i32Const, OP.i32Shl]) take(op);
  const tlb = take(OP.i32Load).offset;
  const entry = take(OP.localTee).value;
  const mask = take(OP.i32Const).value;
  take(OP.i32And);
  take(OP.i32Const, 1);
  take(OP.i32Eq);
  let lastOffset: number | undefined;
  if (is(OP.localGet, address)) {
    take(OP.localGet);
    take(OP.i32Const, PAGE_MASK);
    take(OP.i32And);
    lastOffset = take(OP.i32Const).value;
    take(OP.i32LeS);
    take(OP.i32And);
  }
  if (is(OP.localTee)) return undefined;
  const argumentsStart = take(OP.brIf, 0).end;
  while (code[at] !== undefined && !is(OP.call)) at++;
  const call = take(OP.call);
  const slow = imports[call.value];
  if (slow === undefined)
    throw new WasmFormatError(`a call of function ${call.value}, which is not imported`);
  take(OP.localTee, entry);
  take(OP.i32Const, 1);
  take(OP.i32And);
  const faultLabel = take(OP.brIf).value - 1;
  take(OP.end);
  take(OP.localGet, entry);
  take(OP.i32Const, ~PAGE_MASK);
  take(OP.i32And);
  take(OP.localGet, address);
  const { end } = take(OP.i32Xor);
  const translation = { slow, tlb, mask, lastOffset };
  return {
    start,
    end,
    translation,
    argumentsStart,
    argumentsEnd: call.start,
    entry,
    faultLabel,
    next: at,
  };
}

function beginsAccess(code: readonly Instruction[], at: number): boolean {
  return (
    code[at]?.op === OP.block &&
    code[at + 1]?.op === OP.localGet &&
    code[at + 2]?.op === OP.i32Const &&
    code[at + 2]?.value === 12 &&
    code[at + 3]?.op === OP.i32ShrU &&
    code[at + 4]?.op === OP.i32Const &&
    code[at + 4]?.value === 2 &&
    code[at + 5]?.op === OP.i32Shl &&
    code[at + 6]?.op === OP.i32Load &&
    code[at + 7]?.op === OP.localTee
  );
}

/** What stands in the place of an access, behind its arguments. `translate` is the function's index. */
export function callOf({ entry, faultLabel }: MemoryAccess, translate: number): number[] {
  return [
    ...[OP.call, ...unsigned(translate)],
    ...[OP.localTee, ...unsigned(entry)],
    OP.i32Eqz,
    ...[OP.brIf, ...unsigned(faultLabel)],
    ...[OP.localGet, ...unsigned(entry)],
  ];
}

/**
 * The body of the function of a translation: it has the type of the slow function, of `parameters` parameters, and
 * answers with an address in v86's memory, or 0 for a fault. No address of the guest's memory is 0: v86's own comes first.
 */
export function translateBody(translation: Translation, parameters: number, slow: number): Uint8Array {
  const { tlb, mask, lastOffset } = translation;
  const entry = parameters;
  const translated = [
    ...[OP.localGet, entry, OP.i32Const, ...signed(~PAGE_MASK), OP.i32And],
    ...[OP.localGet, 0, OP.i32Xor],
  ];
  const fits =
    lastOffset === undefined
      ? []
      : [
          ...[OP.localGet, 0, OP.i32Const, ...signed(PAGE_MASK), OP.i32And],
          ...[OP.i32Const, ...signed(lastOffset), OP.i32LeS, OP.i32And],
        ];
  const passOn = Array.from({ length: parameters }, (_, index) => [OP.localGet, index]).flat();
  return concat([
    [1, 1, TYPE.i32],
    [OP.localGet, 0, OP.i32Const, 12, OP.i32ShrU, OP.i32Const, 2, OP.i32Shl],
    [OP.i32Load, 2, ...unsigned(tlb), OP.localTee, entry],
    [OP.i32Const, ...signed(mask), OP.i32And, OP.i32Const, 1, OP.i32Eq],
    fits,
    [OP.if, TYPE.empty, ...translated, OP.return, OP.end],
    [...passOn, OP.call, ...unsigned(slow), OP.localTee, entry, OP.i32Const, 1, OP.i32And],
    [OP.if, TYPE.empty, OP.i32Const, 0, OP.return, OP.end],
    [...translated, OP.end],
  ]);
}
