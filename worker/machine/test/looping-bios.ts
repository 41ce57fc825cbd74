/** A BIOS that goes over to 32 bits, writes pages of code, and runs a loop in each of them, over and over. */

/** Pages of code: some more than v86 has slots of its own, 899. */
export const LOOPING_PAGES = 960;

const BIOS_BYTES = 0x1_0000;
/** Where the BIOS lies for a 32-bit program. */
const BIOS_ADDRESS = 0xf_0000;
/** Offsets in the BIOS. */
const GDT = 0x100;
const GDT_POINTER = 0x120;
const PROGRAM = 0x40;
const RESET = 0xfff0;
/** Where the pages of code are. */
const PAGES_ADDRESS = 0x20_0000;

function word32(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >>> 24) & 0xff];
}

const START = [
  0xfa, // cli
  ...[0x2e, 0x66, 0x0f, 0x01, 0x16, GDT_POINTER & 0xff, GDT_POINTER >> 8], // lgdt cs:GDT_POINTER
  ...[0x0f, 0x20, 0xc0], // mov eax, cr0
  ...[0x0c, 0x01], // or al, 1
  ...[0x0f, 0x22, 0xc0], // mov cr0, eax
  ...[0x66, 0xea, ...word32(BIOS_ADDRESS + PROGRAM), 0x08, 0x00], // jmp 8:PROGRAM
];

/** One page's code: a loop of 16,384 turns. */
const LOOP = [0xb8, ...word32(0x4000), 0x48, 0x75, 0xfd, 0xc3]; // mov eax, 16384; dec eax; jnz -3; ret

const PROGRAM_CODE = [
  ...[0xb8, ...word32(0x10)], // mov eax, 16
  ...[0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0], // mov ds, ax; mov es, ax; mov ss, ax
  ...[0xbc, ...word32(0x9_0000)], // mov esp, 0x90000
  ...[0xbf, ...word32(PAGES_ADDRESS)], // mov edi, PAGES_ADDRESS
  ...[0xb9, ...word32(LOOPING_PAGES)], // mov ecx, LOOPING_PAGES
  ...[0xc7, 0x07, ...LOOP.slice(0, 4)], // mov dword [edi], ...
  ...[0xc7, 0x47, 0x04, ...LOOP.slice(4, 8)], // mov dword [edi + 4], ...
  ...[0xc6, 0x47, 0x08, ...LOOP.slice(8)], // mov byte [edi + 8], ...
  ...[0x81, 0xc7, ...word32(4096)], // add edi, 4096
  ...[0x49, 0x75, 0xe6], // dec ecx; jnz to the first mov
  ...[0xbf, ...word32(PAGES_ADDRESS)], // mov edi, PAGES_ADDRESS
  ...[0xb9, ...word32(LOOPING_PAGES)], // mov ecx, LOOPING_PAGES
  ...[0xff, 0xd7], // call edi
  ...[0x81, 0xc7, ...word32(4096)], // add edi, 4096
  ...[0x49, 0x75, 0xf5], // dec ecx; jnz to the call
  ...[0xeb, 0xe9], // jmp to mov edi
];

/** Flat segments: none, code, data (Intel SDM volume 3, section 3.4.5). */
const SEGMENTS = [
  ...[0, 0, 0, 0, 0, 0, 0, 0],
  ...[0xff, 0xff, 0, 0, 0, 0x9a, 0xcf, 0],
  ...[0xff, 0xff, 0, 0, 0, 0x92, 0xcf, 0],
];

export function loopingBios(): ArrayBuffer {
  const bios = new Uint8Array(BIOS_BYTES);
  bios.set(START, 0);
  bios.set(PROGRAM_CODE, PROGRAM);
  bios.set(SEGMENTS, GDT);
  bios.set([SEGMENTS.length - 1, 0, ...word32(BIOS_ADDRESS + GDT)], GDT_POINTER);
  bios.set([0xea, 0x00, 0x00, 0x00, 0xf0], RESET); // jmp f000:0000
  return bios.buffer;
}
