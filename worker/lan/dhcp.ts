/** DHCP messages (RFC 2131, options from RFC 2132). */
import { type Ipv4Address, type MacAddress, readMac, writeMac } from "./address";
import { readU16, readU32, writeU16, writeU32 } from "./bytes";

export const DHCP_SERVER_PORT = 67;
export const DHCP_CLIENT_PORT = 68;

export const DHCP_DISCOVER = 1;
export const DHCP_OFFER = 2;
export const DHCP_REQUEST = 3;
export const DHCP_ACK = 5;
export const DHCP_NAK = 6;
export const DHCP_INFORM = 8;

export const OPTION_SUBNET_MASK = 1;
export const OPTION_ROUTER = 3;
export const OPTION_DNS = 6;
export const OPTION_MTU = 26;
export const OPTION_BROADCAST = 28;
export const OPTION_NTP = 42;
export const OPTION_REQUESTED_ADDRESS = 50;
export const OPTION_LEASE_SECONDS = 51;
export const OPTION_MESSAGE_TYPE = 53;
export const OPTION_SERVER = 54;
export const OPTION_RENEWAL_SECONDS = 58;
export const OPTION_REBINDING_SECONDS = 59;

const FIXED_LENGTH = 236;
const MAGIC_COOKIE = 0x6382_5363;
/** BOOTP's smallest message: some clients drop a shorter one. */
const LEAST_LENGTH = 300;

export interface DhcpMessage {
  readonly operation: "request" | "reply";
  readonly transaction: number;
  /** The client cannot take a unicast answer yet. */
  readonly broadcast: boolean;
  /** The address that the client has (ciaddr), that it gets (yiaddr), and of a relay (giaddr); 0 for none. */
  readonly clientAddress: Ipv4Address;
  readonly yourAddress: Ipv4Address;
  readonly relayAddress: Ipv4Address;
  readonly clientMac: MacAddress;
  readonly options: ReadonlyMap<number, Uint8Array>;
}

/** Undefined when it is cut, not for Ethernet, or without DHCP's options. */
export function parseDhcp(bytes: Uint8Array): DhcpMessage | undefined {
  if (bytes.length < FIXED_LENGTH + 4 || readU32(bytes, FIXED_LENGTH) !== MAGIC_COOKIE) return undefined;
  const operation = bytes[0];
  if ((operation !== 1 && operation !== 2) || bytes[1] !== 1 || bytes[2] !== 6) return undefined;
  const options = parseOptions(bytes.subarray(FIXED_LENGTH + 4));
  if (options?.get(OPTION_MESSAGE_TYPE)?.length !== 1) return undefined;
  return {
    operation: operation === 1 ? "request" : "reply",
    transaction: readU32(bytes, 4),
    broadcast: (readU16(bytes, 10) & 0x8000) !== 0,
    clientAddress: readU32(bytes, 12),
    yourAddress: readU32(bytes, 16),
    relayAddress: readU32(bytes, 24),
    clientMac: readMac(bytes, 28),
    options,
  };
}

/** Undefined when an option is cut. */
function parseOptions(bytes: Uint8Array): Map<number, Uint8Array> | undefined {
  const options = new Map<number, Uint8Array>();
  let at = 0;
  while (at < bytes.length) {
    const code = bytes[at] ?? 0;
    if (code === 255) break;
    at += 1;
    if (code === 0) continue;
    const length = bytes[at];
    if (length === undefined || at + 1 + length > bytes.length) return undefined;
    options.set(code, bytes.subarray(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return options;
}

export function encodeDhcp(message: DhcpMessage): Uint8Array<ArrayBuffer> {
  let length = FIXED_LENGTH + 5;
  for (const value of message.options.values()) length += 2 + value.length;
  const bytes = new Uint8Array(Math.max(LEAST_LENGTH, length));
  bytes[0] = message.operation === "request" ? 1 : 2;
  bytes[1] = 1;
  bytes[2] = 6;
  writeU32(bytes, 4, message.transaction);
  writeU16(bytes, 10, message.broadcast ? 0x8000 : 0);
  writeU32(bytes, 12, message.clientAddress);
  writeU32(bytes, 16, message.yourAddress);
  writeU32(bytes, 24, message.relayAddress);
  writeMac(bytes, 28, message.clientMac);
  writeU32(bytes, FIXED_LENGTH, MAGIC_COOKIE);
  let at = FIXED_LENGTH + 4;
  for (const [code, value] of message.options) {
    bytes[at] = code;
    bytes[at + 1] = value.length;
    bytes.set(value, at + 2);
    at += 2 + value.length;
  }
  bytes[at] = 255;
  return bytes;
}
