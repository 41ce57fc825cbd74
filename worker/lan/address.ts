/**
 * Addresses. Inside the stack an IPv4 address is an unsigned 32-bit number and a MAC address a 48-bit one, so that
 * they compare and hash at no cost; people and the API use the usual text.
 */
import { readU16, readU32, writeU16, writeU32 } from "./bytes";
import { LanError } from "./errors";

/** An IPv4 address as an unsigned 32-bit number. */
export type Ipv4Address = number;
/** A MAC address as an unsigned 48-bit number. */
export type MacAddress = number;

/** One end of a connection, for people. */
export interface Endpoint {
  /** Dotted IPv4, e.g. `10.0.2.15`. */
  readonly address: string;
  readonly port: number;
}

export const BROADCAST_MAC: MacAddress = 0xffff_ffff_ffff;
export const BROADCAST_IPV4: Ipv4Address = 0xffff_ffff;

const OCTET = /^(0|[1-9]\d{0,2})$/;

/** `10.0.2.2` as a number. Throws `LanError` `bad-argument`. */
export function parseIpv4(text: string): Ipv4Address {
  const octets = text.split(".");
  if (octets.length !== 4) throw new LanError("bad-argument", `not an IPv4 address: ${text}`);
  let address = 0;
  for (const octet of octets) {
    const value = OCTET.test(octet) ? Number(octet) : 256;
    if (value > 255) throw new LanError("bad-argument", `not an IPv4 address: ${text}`);
    address = address * 256 + value;
  }
  return address;
}

export function formatIpv4(address: Ipv4Address): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** `02:00:0a:00:02:02` as a number. Throws `LanError` `bad-argument`. */
export function parseMac(text: string): MacAddress {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) {
    throw new LanError("bad-argument", `not a MAC address: ${text}`);
  }
  return Number.parseInt(text.replaceAll(":", ""), 16);
}

export function formatMac(address: MacAddress): string {
  return (address.toString(16).padStart(12, "0").match(/../g) ?? []).join(":");
}

export function readMac(bytes: Uint8Array, at: number): MacAddress {
  return readU16(bytes, at) * 0x1_0000_0000 + readU32(bytes, at + 2);
}

export function writeMac(bytes: Uint8Array, at: number, address: MacAddress): void {
  writeU16(bytes, at, Math.floor(address / 0x1_0000_0000));
  writeU32(bytes, at + 2, address % 0x1_0000_0000);
}

/** The group bit: broadcast and multicast MAC addresses have it. */
export function isGroupMac(address: MacAddress): boolean {
  return (Math.floor(address / 0x100_0000_0000) & 1) === 1;
}

/** An address that one host can have: not "this network", loopback, multicast, reserved or broadcast. */
export function isUnicastIpv4(address: Ipv4Address): boolean {
  const first = address >>> 24;
  return first !== 0 && first !== 127 && first < 224;
}

/** The mask of a prefix: 24 gives 255.255.255.0. */
export function prefixMask(length: number): Ipv4Address {
  return length === 0 ? 0 : (0xffff_ffff << (32 - length)) >>> 0;
}

/** Throws `LanError` `bad-argument` unless `port` is a whole number from 1 to 65535. */
export function checkPort(port: number): number {
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new LanError("bad-argument", `not a port: ${port}`);
  }
  return port;
}
