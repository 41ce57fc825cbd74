/** A BIOS that goes over to 32 bits with flat segments and runs a program there. */

const BIOS_BYTES = 0x1_0000;
/** Where the BIOS lies for a 32-bit program. */
const BIOS_ADDRESS = 0xf_0000;
/** Offsets in the BIOS. */
const PROGRAM = 0x1000;
const GDT = 0x100;
const GDT_POINTER = 0x120;
const RESET = 0xfff0;

/** Address of the program, in bytes. */
const PROGRAM_ADDRESS = BIOS_ADDRESS + PROGRAM;

/** A 32-bit little-endian number. */
export function word32(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >>> 24) & 0xff];
}

const START = [
  0xfa, // cli
  ...[0x2e, 0x66, 0x0f, 0x01, 0x16, GDT_POINTER & 0xff, GDT_POINTER >> 8], // lgdt cs:GDT_POINTER
  ...[0x0f, 0x20, 0xc0], // mov eax, cr0
  ...[0x0c, 0x01], // or al, 1
  ...[0x0f, 0x22, 0xc0], // mov cr0, eax
  ...[0x66, 0xea, ...word32(PROGRAM_ADDRESS), 0x08, 0x00], // jmp 8:PROGRAM
];

const SET_UP_SEGMENTS = [
  ...[0xb8, ...word32(0x10)], // mov eax, 16
  ...[0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0], // mov ds, ax; mov es, ax; mov ss, ax
  ...[0xbc, ...word32(0x9_0000)], // mov esp, 0x90000
];

/** Flat segments: none, code, data (Intel SDM volume 3, section 3.4.5). */
const SEGMENTS = [
  ...[0, 0, 0, 0, 0, 0, 0, 0],
  ...[0xff, 0xff, 0, 0, 0, 0x9a, 0xcf, 0],
  ...[0xff, 0xff, 0, 0, 0, 0x92, 0xcf, 0],
];

/** @param program machine code that never returns; it has a stack and flat segments */
export function programBios(program: readonly number[]): ArrayBuffer {
  const bios = new Uint8Array(BIOS_BYTES);
  bios.set(START, 0);
  bios.set([...SET_UP_SEGMENTS, ...program], PROGRAM);
  bios.set(SEGMENTS, GDT);
  bios.set([SEGMENTS.length - 1, 0, ...word32(BIOS_ADDRESS + GDT)], GDT_POINTER);
  bios.set([0xea, 0x00, 0x00, 0x00, 0xf0], RESET); // jmp f000:0000
  return bios.buffer;
}
