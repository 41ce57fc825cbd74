/** TCP segments (RFC 9293 §3.1, window scale from RFC 7323 §2). */
import type { Ipv4Address } from "../address";
import { readU16, readU32, writeU16, writeU32 } from "../bytes";
import { foldChecksum, sumPseudoHeader, sumWords } from "../checksum";
import { PROTOCOL_TCP } from "../ipv4";

export const TCP_HEADER_LENGTH = 20;

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;

/** What a SYN offers. */
export interface SynOptions {
  /** The longest payload that the sender of the SYN takes, in bytes; undefined means 536. */
  readonly maxSegmentSize: number | undefined;
  /** Bits by which its later window fields are shifted; undefined when it does not scale. */
  readonly windowScale: number | undefined;
}

export interface SegmentHeader {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly seq: number;
  /** Only meaningful with the ACK flag. */
  readonly ack: number;
  readonly flags: number;
  /** The field as it stands: 16 bits, not scaled. */
  readonly window: number;
  /** Only in a SYN. */
  readonly options: SynOptions | undefined;
}

export interface Segment extends SegmentHeader {
  /** A view of the bytes that were parsed. */
  readonly payload: Uint8Array;
}

/** How much of the sequence space it takes: its payload, and one each for SYN and FIN. */
export function segmentLength(segment: Segment): number {
  return segment.payload.length + ((segment.flags & SYN) >>> 1) + (segment.flags & FIN);
}

/** Undefined when it is cut, its header length is impossible, or its checksum is wrong. Unknown options are skipped. */
export function parseSegment(
  bytes: Uint8Array,
  source: Ipv4Address,
  destination: Ipv4Address,
): Segment | undefined {
  if (bytes.length < TCP_HEADER_LENGTH) return undefined;
  const headerLength = ((bytes[12] ?? 0) >>> 4) * 4;
  if (headerLength < TCP_HEADER_LENGTH || headerLength > bytes.length) return undefined;
  const sum =
    sumPseudoHeader(source, destination, PROTOCOL_TCP, bytes.length) + sumWords(bytes, 0, bytes.length);
  if (foldChecksum(sum) !== 0) return undefined;
  const flags = (bytes[13] ?? 0) & 0x3f;
  return {
    sourcePort: readU16(bytes, 0),
    destinationPort: readU16(bytes, 2),
    seq: readU32(bytes, 4),
    ack: readU32(bytes, 8),
    flags,
    window: readU16(bytes, 14),
    options: flags & SYN ? parseOptions(bytes.subarray(TCP_HEADER_LENGTH, headerLength)) : undefined,
    payload: bytes.subarray(headerLength),
  };
}

/** Stops at the first option that makes no sense. */
function parseOptions(bytes: Uint8Array): SynOptions {
  let maxSegmentSize: number | undefined;
  let windowScale: number | undefined;
  let at = 0;
  while (at < bytes.length) {
    const kind = bytes[at];
    if (kind === 0) break;
    if (kind === 1) {
      at += 1;
      continue;
    }
    const length = bytes[at + 1] ?? 0;
    if (length < 2 || at + length > bytes.length) break;
    if (kind === 2 && length === 4) maxSegmentSize = readU16(bytes, at + 2);
    // RFC 7323 §2.3: more than 14 counts as 14.
    if (kind === 3 && length === 3) windowScale = Math.min(14, bytes[at + 2] ?? 0);
    at += length;
  }
  return { maxSegmentSize, windowScale };
}

/** Bytes of header that `writeSegmentHeader` will write: the payload goes right behind them. */
export function headerLengthOf(options: SynOptions | undefined): number {
  if (options === undefined) return TCP_HEADER_LENGTH;
  return (
    TCP_HEADER_LENGTH +
    (options.maxSegmentSize === undefined ? 0 : 4) +
    (options.windowScale === undefined ? 0 : 4)
  );
}

/**
 * Writes the header at `at`, before a payload of `payloadLength` bytes that is in place already, and the checksum
 * over both. The answer is the whole segment's length.
 */
export function writeSegmentHeader(
  target: Uint8Array,
  at: number,
  header: SegmentHeader,
  payloadLength: number,
  source: Ipv4Address,
  destination: Ipv4Address,
): number {
  const headerLength = headerLengthOf(header.options);
  const length = headerLength + payloadLength;
  writeU16(target, at, header.sourcePort);
  writeU16(target, at + 2, header.destinationPort);
  writeU32(target, at + 4, header.seq);
  writeU32(target, at + 8, header.ack);
  target[at + 12] = (headerLength / 4) << 4;
  target[at + 13] = header.flags;
  writeU16(target, at + 14, header.window);
  writeU16(target, at + 16, 0);
  writeU16(target, at + 18, 0);
  if (header.options !== undefined) writeOptions(target, at + TCP_HEADER_LENGTH, header.options);
  const sum = sumPseudoHeader(source, destination, PROTOCOL_TCP, length) + sumWords(target, at, at + length);
  writeU16(target, at + 16, foldChecksum(sum));
  return length;
}

function writeOptions(target: Uint8Array, at: number, options: SynOptions): void {
  let next = at;
  if (options.maxSegmentSize !== undefined) {
    writeU32(target, next, 0x0204_0000 | options.maxSegmentSize);
    next += 4;
  }
  // A no-operation first keeps the header a multiple of four bytes.
  if (options.windowScale !== undefined) writeU32(target, next, 0x0103_0300 | options.windowScale);
}

/** A whole segment in an array of its own. */
export function encodeSegment(
  segment: Segment,
  source: Ipv4Address,
  destination: Ipv4Address,
): Uint8Array<ArrayBuffer> {
  const headerLength = headerLengthOf(segment.options);
  const bytes = new Uint8Array(headerLength + segment.payload.length);
  bytes.set(segment.payload, headerLength);
  writeSegmentHeader(bytes, 0, segment, segment.payload.length, source, destination);
  return bytes;
}
