/** IPv4 packets (RFC 791). */
import type { Ipv4Address } from "./address";
import { readU16, readU32, writeU16, writeU32 } from "./bytes";
import { checksum, foldChecksum, sumWords } from "./checksum";

export const IPV4_HEADER_LENGTH = 20;
export const PROTOCOL_ICMP = 1;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;

export interface Ipv4Header {
  readonly source: Ipv4Address;
  readonly destination: Ipv4Address;
  readonly protocol: number;
  readonly timeToLive: number;
  /** Tells the fragments of one datagram from those of another. */
  readonly identification: number;
  readonly dontFragment: boolean;
  readonly moreFragments: boolean;
  /** Where this fragment's payload belongs, in bytes; a multiple of 8. */
  readonly fragmentOffset: number;
}

export interface Ipv4Packet extends Ipv4Header {
  /** The header with its options, as it came: ICMP errors quote it. */
  readonly header: Uint8Array;
  /** A view of the bytes that were parsed. */
  readonly payload: Uint8Array;
}

/**
 * Undefined when it is too short, not version 4, of inconsistent lengths, or its checksum is wrong. Options are
 * skipped; what stands after the total length (Ethernet's padding) is ignored.
 */
export function parseIpv4Packet(bytes: Uint8Array): Ipv4Packet | undefined {
  if (bytes.length < IPV4_HEADER_LENGTH) return undefined;
  const first = bytes[0] ?? 0;
  const headerLength = (first & 15) * 4;
  const totalLength = readU16(bytes, 2);
  if (first >>> 4 !== 4 || headerLength < IPV4_HEADER_LENGTH) return undefined;
  if (totalLength < headerLength || totalLength > bytes.length) return undefined;
  if (checksum(bytes, 0, headerLength) !== 0) return undefined;
  const fragment = readU16(bytes, 6);
  return {
    source: readU32(bytes, 12),
    destination: readU32(bytes, 16),
    protocol: bytes[9] ?? 0,
    timeToLive: bytes[8] ?? 0,
    identification: readU16(bytes, 4),
    dontFragment: (fragment & 0x4000) !== 0,
    moreFragments: (fragment & 0x2000) !== 0,
    fragmentOffset: (fragment & 0x1fff) * 8,
    header: bytes.subarray(0, headerLength),
    payload: bytes.subarray(headerLength, totalLength),
  };
}

/** Writes a header of 20 bytes at `at`, for a payload of `payloadLength` bytes that follows it. */
export function writeIpv4Header(
  target: Uint8Array,
  at: number,
  header: Ipv4Header,
  payloadLength: number,
): void {
  target[at] = 0x45;
  target[at + 1] = 0;
  writeU16(target, at + 2, IPV4_HEADER_LENGTH + payloadLength);
  writeU16(target, at + 4, header.identification);
  const flags = (header.dontFragment ? 0x4000 : 0) | (header.moreFragments ? 0x2000 : 0);
  writeU16(target, at + 6, flags | (header.fragmentOffset >>> 3));
  target[at + 8] = header.timeToLive;
  target[at + 9] = header.protocol;
  writeU16(target, at + 10, 0);
  writeU32(target, at + 12, header.source);
  writeU32(target, at + 16, header.destination);
  writeU16(target, at + 10, foldChecksum(sumWords(target, at, at + IPV4_HEADER_LENGTH)));
}
