/** ICMP echo and destination unreachable (RFC 792, RFC 1122 §3.2.2). */
import { readU16, writeU16 } from "./bytes";
import { checksum } from "./checksum";

const HEADER_LENGTH = 8;
const ECHO_REPLY = 0;
const UNREACHABLE = 3;
const ECHO_REQUEST = 8;

/** Codes of "destination unreachable". */
export const UNREACHABLE_NET = 0;
export const UNREACHABLE_PROTOCOL = 2;
export const UNREACHABLE_PORT = 3;

export type IcmpMessage =
  | {
      readonly type: "echo-request" | "echo-reply";
      readonly identifier: number;
      readonly sequence: number;
      readonly data: Uint8Array;
    }
  /** `quote` is the header and the first bytes of the packet that could not be delivered. */
  | { readonly type: "unreachable"; readonly code: number; readonly quote: Uint8Array };

/** Undefined for a wrong checksum, a cut message, or a type that nobody here handles. */
export function parseIcmp(bytes: Uint8Array): IcmpMessage | undefined {
  if (bytes.length < HEADER_LENGTH || checksum(bytes) !== 0) return undefined;
  const code = bytes[1] ?? 0;
  const rest = bytes.subarray(HEADER_LENGTH);
  switch (bytes[0]) {
    case ECHO_REPLY:
    case ECHO_REQUEST:
      if (code !== 0) return undefined;
      return {
        type: bytes[0] === ECHO_REQUEST ? "echo-request" : "echo-reply",
        identifier: readU16(bytes, 4),
        sequence: readU16(bytes, 6),
        data: rest,
      };
    case UNREACHABLE:
      return { type: "unreachable", code, quote: rest };
    default:
      return undefined;
  }
}

export function encodeIcmp(message: IcmpMessage): Uint8Array<ArrayBuffer> {
  const rest = message.type === "unreachable" ? message.quote : message.data;
  const bytes = new Uint8Array(HEADER_LENGTH + rest.length);
  bytes.set(rest, HEADER_LENGTH);
  if (message.type === "unreachable") {
    bytes[0] = UNREACHABLE;
    bytes[1] = message.code;
  } else {
    bytes[0] = message.type === "echo-request" ? ECHO_REQUEST : ECHO_REPLY;
    writeU16(bytes, 4, message.identifier);
    writeU16(bytes, 6, message.sequence);
  }
  writeU16(bytes, 2, checksum(bytes));
  return bytes;
}
