/**
 * A BIOS that fills memory with numbers, adds them up, and does it again forever: each time the sum must be as it was
 * the first time.
 */
import { programBios, word32 } from "./program-bios";

/** The page of RAM with the program's results. */
const RESULTS_PAGE = 0x2ff;

const LOOP = [
  ...[0xbf, 0x00, 0x00, 0x30, 0x00], //            outer: mov edi, 0x300000
  ...[0xb9, 0x00, 0x10, 0x00, 0x00], //                   mov ecx, 4096
  ...[0xb8, 0x39, 0x30, 0x00, 0x00], //                   mov eax, 12345
  ...[0x69, 0xc0, 0x6d, 0x4e, 0xc6, 0x41], //      fill:  imul eax, eax, 1103515245
  ...[0x05, 0x39, 0x30, 0x00, 0x00], //                   add eax, 12345
  ...[0x89, 0x07], //                                     mov [edi], eax
  ...[0x8a, 0x5f, 0x01], //                               mov bl, [edi + 1]
  ...[0x88, 0x5f, 0x03], //                               mov [edi + 3], bl
  ...[0x83, 0x07, 0x07], //                               add dword [edi], 7
  ...[0x83, 0xc7, 0x04], //                               add edi, 4
  ...[0x49, 0x75, 0xe4], //                               dec ecx; jnz fill
  ...[0xbe, 0x00, 0x00, 0x30, 0x00], //                   mov esi, 0x300000
  ...[0xb9, 0x00, 0x10, 0x00, 0x00], //                   mov ecx, 4096
  ...[0x31, 0xd2], //                                     xor edx, edx
  ...[0x8b, 0x06], //                              sum:   mov eax, [esi]
  ...[0xc1, 0xc2, 0x05], //                               rol edx, 5
  ...[0x31, 0xc2], //                                     xor edx, eax
  ...[0x0f, 0xb7, 0x5e, 0x02], //                         movzx ebx, word [esi + 2]
  ...[0x01, 0xda], //                                     add edx, ebx
  ...[0x52, 0x5a], //                                     push edx; pop edx
  ...[0x83, 0xc6, 0x04], //                               add esi, 4
  ...[0x49, 0x75, 0xeb], //                               dec ecx; jnz sum
  ...[0x83, 0x3d, 0x04, 0xf0, 0x2f, 0x00, 0x00], //       cmp dword [0x2ff004], 0
  ...[0x75, 0x06], //                                     jne compare
  ...[0x89, 0x15, 0x04, 0xf0, 0x2f, 0x00], //             mov [0x2ff004], edx
  ...[0x39, 0x15, 0x04, 0xf0, 0x2f, 0x00], //    compare: cmp [0x2ff004], edx
  ...[0x75, 0x08], //                                     jne bad
  ...[0xff, 0x05, 0x00, 0xf0, 0x2f, 0x00], //             inc dword [0x2ff000]
  ...[0xeb, 0x95], //                                     jmp outer
];

/** `bad`, behind the loop: long, and never executed. */
const COLD = Array.from({ length: 100 }, () => [0xff, 0x05, 0x08, 0xf0, 0x2f, 0x00]).flat(); // inc dword [0x2ff008]
const BACK_BYTES = 5;
const PROGRAM = [...LOOP, ...COLD, 0xe9, ...word32(-(LOOP.length + COLD.length + BACK_BYTES))]; // jmp outer

export const checksumBios = (): ArrayBuffer => programBios(PROGRAM);

export interface ChecksumResults {
  /** Times that the sum was right. */
  readonly rounds: number;
  /** The sum of the first time. */
  readonly sum: number;
  /** 0 if it was never wrong. */
  readonly errors: number;
}

/** @param forEachPage the emulator's */
export function readResults(
  forEachPage: (visit: (page: number, bytes: Uint8Array) => void) => void,
): ChecksumResults {
  let [rounds, sum, errors] = [0, 0, 0];
  forEachPage((page, bytes) => {
    if (page !== RESULTS_PAGE) return;
    const words = new DataView(bytes.buffer, bytes.byteOffset);
    [rounds, sum, errors] = [0, 4, 8].map((at) => words.getUint32(at, true)) as [number, number, number];
  });
  return { rounds, sum, errors };
}
