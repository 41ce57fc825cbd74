/** A BIOS that writes pages of code, and runs a loop in each of them, over and over. */
import { programBios, word32 } from "./program-bios";

/** Pages of code: some more than v86 has slots of its own, 899. */
export const LOOPING_PAGES = 960;

/** Where the pages of code are. */
const PAGES_ADDRESS = 0x20_0000;

/** One page's code: a loop of 16,384 turns. */
const LOOP = [0xb8, ...word32(0x4000), 0x48, 0x75, 0xfd, 0xc3]; // mov eax, 16384; dec eax; jnz -3; ret

const PROGRAM_CODE = [
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

export function loopingBios(): ArrayBuffer {
  return programBios(PROGRAM_CODE);
}
