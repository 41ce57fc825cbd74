/** NTP's and SNTP's messages, and a server's answer (RFC 5905 §7.3, RFC 4330 §6). */
import { readU32, writeU32 } from "./bytes";

export const NTP_PORT = 123;
const NTP_LENGTH = 48;
/** Seconds from 1900, where NTP counts from, to 1970. */
const UNIX_EPOCH = 2_208_988_800;
const MODE_CLIENT = 3;
const MODE_SERVER = 4;
/** log2 of the clock's step: about a millisecond. */
const PRECISION = -10;
/** 10 ms, in units of 1/65536 s: what the page's clock may be off its own source. */
const ROOT_DISPERSION = 655;
const REFERENCE = [0x4c, 0x4f, 0x43, 0x4c]; // "LOCL": an uncalibrated local clock

/** Milliseconds since 1970 as an NTP timestamp: seconds (of the era, modulo 2^32) and a fraction of 2^-32 s. */
export function writeNtpTime(target: Uint8Array, at: number, unixMs: number): void {
  const seconds = Math.floor(unixMs / 1000);
  writeU32(target, at, (seconds + UNIX_EPOCH) % 0x1_0000_0000);
  writeU32(target, at + 4, Math.floor(((unixMs - seconds * 1000) / 1000) * 0x1_0000_0000));
}

/** The other way, for a time of the era that began in 1900 (before 2036). */
export function readNtpTime(bytes: Uint8Array, at: number): number {
  return (readU32(bytes, at) - UNIX_EPOCH) * 1000 + (readU32(bytes, at + 4) / 0x1_0000_0000) * 1000;
}

/** The answer to a client's request that came at `receivedMs` and is answered at `nowMs` (since 1970); undefined for any other packet. */
export function answerNtp(
  request: Uint8Array,
  receivedMs: number,
  nowMs: number,
): Uint8Array<ArrayBuffer> | undefined {
  const first = request[0] ?? 0;
  const version = (first >>> 3) & 7;
  if (request.length < NTP_LENGTH || (first & 7) !== MODE_CLIENT || version < 1 || version > 4)
    return undefined;
  const answer = new Uint8Array(NTP_LENGTH);
  answer[0] = (version << 3) | MODE_SERVER;
  answer[1] = 1;
  answer[2] = request[2] ?? 0;
  answer[3] = PRECISION;
  writeU32(answer, 8, ROOT_DISPERSION);
  answer.set(REFERENCE, 12);
  writeNtpTime(answer, 16, receivedMs);
  // The client's transmit time comes back as origin: by it the client knows the answer for its own.
  answer.set(request.subarray(40, 48), 24);
  writeNtpTime(answer, 32, receivedMs);
  writeNtpTime(answer, 40, nowMs);
  return answer;
}
