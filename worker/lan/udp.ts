/** UDP datagrams (RFC 768). */
import type { Ipv4Address } from "./address";
import { readU16, writeU16 } from "./bytes";
import { foldChecksum, sumPseudoHeader, sumWords } from "./checksum";
import { PROTOCOL_UDP } from "./ipv4";

const UDP_HEADER_LENGTH = 8;
/** The most that fits an IPv4 packet of 65535 bytes. */
export const UDP_MAX_PAYLOAD = 65507;

export interface UdpDatagram {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload: Uint8Array;
}

/** Undefined when it is cut, or its checksum is wrong. A checksum field of zero means that the sender made none. */
export function parseUdp(
  bytes: Uint8Array,
  source: Ipv4Address,
  destination: Ipv4Address,
): UdpDatagram | undefined {
  if (bytes.length < UDP_HEADER_LENGTH) return undefined;
  const length = readU16(bytes, 4);
  if (length < UDP_HEADER_LENGTH || length > bytes.length) return undefined;
  if (readU16(bytes, 6) !== 0) {
    const sum = sumPseudoHeader(source, destination, PROTOCOL_UDP, length) + sumWords(bytes, 0, length);
    if (foldChecksum(sum) !== 0) return undefined;
  }
  return {
    sourcePort: readU16(bytes, 0),
    destinationPort: readU16(bytes, 2),
    payload: bytes.subarray(UDP_HEADER_LENGTH, length),
  };
}

export function encodeUdp(
  datagram: UdpDatagram,
  source: Ipv4Address,
  destination: Ipv4Address,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(UDP_HEADER_LENGTH + datagram.payload.length);
  writeU16(bytes, 0, datagram.sourcePort);
  writeU16(bytes, 2, datagram.destinationPort);
  writeU16(bytes, 4, bytes.length);
  bytes.set(datagram.payload, UDP_HEADER_LENGTH);
  const sum =
    sumPseudoHeader(source, destination, PROTOCOL_UDP, bytes.length) + sumWords(bytes, 0, bytes.length);
  // A computed zero is sent as all ones, for zero means "none".
  writeU16(bytes, 6, foldChecksum(sum) || 0xffff);
  return bytes;
}
