/** ARP for IPv4 over Ethernet (RFC 826). */
import { type Ipv4Address, type MacAddress, readMac, writeMac } from "./address";
import { readU16, readU32, writeU16, writeU32 } from "./bytes";

const ARP_LENGTH = 28;

export interface ArpPacket {
  readonly operation: "request" | "reply";
  readonly senderMac: MacAddress;
  readonly senderAddress: Ipv4Address;
  /** Zero in a request. */
  readonly targetMac: MacAddress;
  readonly targetAddress: Ipv4Address;
}

/** Undefined when it is too short, or not a request or reply for IPv4 over Ethernet. */
export function parseArp(bytes: Uint8Array): ArpPacket | undefined {
  if (bytes.length < ARP_LENGTH) return undefined;
  const hardware = readU16(bytes, 0);
  const protocol = readU16(bytes, 2);
  if (hardware !== 1 || protocol !== 0x0800 || bytes[4] !== 6 || bytes[5] !== 4) return undefined;
  const operation = readU16(bytes, 6);
  if (operation !== 1 && operation !== 2) return undefined;
  return {
    operation: operation === 1 ? "request" : "reply",
    senderMac: readMac(bytes, 8),
    senderAddress: readU32(bytes, 14),
    targetMac: readMac(bytes, 18),
    targetAddress: readU32(bytes, 24),
  };
}

export function encodeArp(packet: ArpPacket): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ARP_LENGTH);
  writeU16(bytes, 0, 1);
  writeU16(bytes, 2, 0x0800);
  bytes[4] = 6;
  bytes[5] = 4;
  writeU16(bytes, 6, packet.operation === "request" ? 1 : 2);
  writeMac(bytes, 8, packet.senderMac);
  writeU32(bytes, 14, packet.senderAddress);
  writeMac(bytes, 18, packet.targetMac);
  writeU32(bytes, 24, packet.targetAddress);
  return bytes;
}
