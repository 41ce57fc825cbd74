/** DNS messages: queries in, responses out (RFC 1035 §4, EDNS0 from RFC 6891, extended errors from RFC 8914). */
import { readU16, readU32, writeU16, writeU32 } from "./bytes";

export const DNS_PORT = 53;
export const TYPE_A = 1;
const TYPE_OPT = 41;
export const TYPE_AXFR = 252;
export const TYPE_ANY = 255;
export const CLASS_IN = 1;
export const CLASS_ANY = 255;

export const NOERROR = 0;
export const FORMERR = 1;
export const SERVFAIL = 2;
export const NXDOMAIN = 3;
export const NOTIMP = 4;
export const REFUSED = 5;
export const BADVERS = 16;

const HEADER_LENGTH = 12;
const LEAST_UDP_SIZE = 512;
/** What fits a packet on every path (RFC 9715 §3.1). */
const OUR_UDP_SIZE = 1232;
const OPTION_EXTENDED_ERROR = 15;
/** RFC 8914 §4.23: "no reachable authority". */
const NO_REACHABLE_AUTHORITY = 22;

interface DnsQuestion {
  /** In lower case, without the last dot; the root is empty. */
  readonly name: string;
  readonly type: number;
  readonly class: number;
  /** As it came: a response repeats it to the letter. */
  readonly bytes: Uint8Array;
}

export interface DnsQuery {
  readonly id: number;
  readonly opcode: number;
  readonly recursionDesired: boolean;
  /** Undefined in a query that is answered by `problem`. */
  readonly question: DnsQuestion | undefined;
  /** What the client says by EDNS; undefined when it says nothing. */
  readonly edns: { readonly udpSize: number; readonly version: number } | undefined;
  /** The response code that the query as such calls for. */
  readonly problem: number | undefined;
}

/** Undefined for what gets no answer at all: too short for a header, or a response itself. */
export function parseDnsQuery(bytes: Uint8Array): DnsQuery | undefined {
  if (bytes.length < HEADER_LENGTH) return undefined;
  const flags = readU16(bytes, 2);
  if (flags & 0x8000) return undefined;
  const head = {
    id: readU16(bytes, 0),
    opcode: (flags >>> 11) & 15,
    recursionDesired: (flags & 0x0100) !== 0,
  };
  const failed = (problem: number): DnsQuery => ({ ...head, question: undefined, edns: undefined, problem });
  if (head.opcode !== 0) return failed(NOTIMP);
  if (readU16(bytes, 4) !== 1) return failed(FORMERR);
  const question = parseQuestion(bytes);
  if (question === undefined) return failed(FORMERR);
  const records = readU16(bytes, 6) + readU16(bytes, 8) + readU16(bytes, 10);
  const edns = findEdns(bytes, HEADER_LENGTH + question.bytes.length, records);
  if (edns === "malformed") return failed(FORMERR);
  const problem = edns !== undefined && edns.version > 0 ? BADVERS : undefined;
  return { ...head, question, edns, problem };
}

function parseQuestion(bytes: Uint8Array): DnsQuestion | undefined {
  const labels: string[] = [];
  let at = HEADER_LENGTH;
  for (;;) {
    const length = bytes[at];
    // There is nothing before the first name that a compression pointer could mean.
    if (length === undefined || length > 63 || at + 1 + length > bytes.length) return undefined;
    at += 1;
    if (length === 0) break;
    labels.push(String.fromCharCode(...bytes.subarray(at, at + length)));
    at += length;
    // The root's zero is the 255th byte at most (RFC 1035 §2.3.4).
    if (at - HEADER_LENGTH > 254) return undefined;
  }
  if (at + 4 > bytes.length) return undefined;
  return {
    name: labels.join(".").toLowerCase(),
    type: readU16(bytes, at),
    class: readU16(bytes, at + 2),
    bytes: bytes.subarray(HEADER_LENGTH, at + 4),
  };
}

/** Walks over `count` records and takes the OPT record out of them. */
function findEdns(bytes: Uint8Array, start: number, count: number): DnsQuery["edns"] | "malformed" {
  let edns: DnsQuery["edns"];
  let at = start;
  for (let index = 0; index < count; index += 1) {
    const rooted = bytes[at] === 0;
    const end = skipName(bytes, at);
    if (end === undefined || end + 10 > bytes.length) return "malformed";
    if (readU16(bytes, end) === TYPE_OPT) {
      if (!rooted || edns !== undefined) return "malformed";
      edns = { udpSize: readU16(bytes, end + 2), version: (readU32(bytes, end + 4) >>> 16) & 255 };
    }
    at = end + 10 + readU16(bytes, end + 8);
    if (at > bytes.length) return "malformed";
  }
  return edns;
}

function skipName(bytes: Uint8Array, start: number): number | undefined {
  let at = start;
  for (;;) {
    const length = bytes[at];
    if (length === undefined) return undefined;
    if (length === 0) return at + 1;
    if (length >= 0xc0) return at + 2;
    if (length > 63) return undefined;
    at += 1 + length;
  }
}

export interface DnsResponse {
  /** A response code, maybe an extended one. */
  readonly code: number;
  /** The names are ours to answer for. */
  readonly authoritative: boolean;
  /** IPv4 addresses for the question's name. */
  readonly addresses: readonly number[];
  readonly ttlSeconds: number;
  /** For people, sent to clients that speak EDNS. */
  readonly hint: string | undefined;
}

/** The most that a response to this query may have by UDP. */
export function udpLimitOf(query: DnsQuery): number {
  if (query.edns === undefined) return LEAST_UDP_SIZE;
  return Math.min(OUR_UDP_SIZE, Math.max(LEAST_UDP_SIZE, query.edns.udpSize));
}

/** A response; one that would be longer than `limit` bytes says so and has no answers (the client asks again by TCP). */
export function encodeDnsResponse(
  query: DnsQuery,
  response: DnsResponse,
  limit: number,
): Uint8Array<ArrayBuffer> {
  const question = query.question?.bytes ?? new Uint8Array();
  const hint = new TextEncoder().encode(response.hint ?? "");
  const optLength = query.edns === undefined ? 0 : 11 + (hint.length === 0 ? 0 : 6 + hint.length);
  const whole = HEADER_LENGTH + question.length + response.addresses.length * 16 + optLength;
  const truncated = whole > limit;
  const addresses = truncated ? [] : response.addresses;
  const bytes = new Uint8Array(truncated ? HEADER_LENGTH + question.length + optLength : whole);
  writeU16(bytes, 0, query.id);
  writeU16(
    bytes,
    2,
    0x8080 |
      (query.opcode << 11) |
      (response.authoritative ? 0x0400 : 0) |
      (truncated ? 0x0200 : 0) |
      (query.recursionDesired ? 0x0100 : 0) |
      (response.code & 15),
  );
  writeU16(bytes, 4, question.length === 0 ? 0 : 1);
  writeU16(bytes, 6, addresses.length);
  writeU16(bytes, 10, query.edns === undefined ? 0 : 1);
  bytes.set(question, HEADER_LENGTH);
  let at = HEADER_LENGTH + question.length;
  for (const address of addresses) {
    writeU16(bytes, at, 0xc000 | HEADER_LENGTH);
    writeU16(bytes, at + 2, TYPE_A);
    writeU16(bytes, at + 4, CLASS_IN);
    writeU32(bytes, at + 6, response.ttlSeconds);
    writeU16(bytes, at + 10, 4);
    writeU32(bytes, at + 12, address);
    at += 16;
  }
  if (query.edns !== undefined) writeOpt(bytes, at, response.code, hint);
  return bytes;
}

function writeOpt(bytes: Uint8Array, at: number, code: number, hint: Uint8Array): void {
  writeU16(bytes, at + 1, TYPE_OPT);
  writeU16(bytes, at + 3, OUR_UDP_SIZE);
  bytes[at + 5] = code >>> 4;
  if (hint.length === 0) return;
  writeU16(bytes, at + 9, 6 + hint.length);
  writeU16(bytes, at + 11, OPTION_EXTENDED_ERROR);
  writeU16(bytes, at + 13, 2 + hint.length);
  writeU16(bytes, at + 15, NO_REACHABLE_AUTHORITY);
  bytes.set(hint, at + 17);
}
