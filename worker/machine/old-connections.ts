/**
 * TCP connections that the guest believes in and our network does not: those of before, in a machine that went to
 * another state. A program that only waits for bytes would wait for hours. So each is asked for: the guest's answer
 * belongs to no connection of ours, and gets a reset.
 */
import type { Endpoint } from "../lan/address";

/** The files that list them. */
export const CONNECTION_FILES = ["/proc/net/tcp", "/proc/net/tcp6"] as const;

export interface GuestConnection {
  /** The guest's end. */
  readonly guest: Endpoint;
  /** Ours. */
  readonly peer: Endpoint;
}

/** Linux' numbers (include/net/tcp_states.h) for what has no peer that could answer. */
const TIME_WAIT = "06";
const CLOSED = "07";
const LISTEN = "0A";
/** An IPv4 address in an IPv6 socket: ::ffff:a.b.c.d. */
const MAPPED = "0000000000000000FFFF0000";

/** Those of a guest's `CONNECTION_FILES` that have an end at this address. What cannot be read is left out. */
export function parseConnections(text: string, guestAddress: string): GuestConnection[] {
  return text.split("\n").flatMap((line) => {
    const [, guestText = "", peerText = "", state = ""] = line.trim().split(/\s+/u);
    const [guest, peer] = [parseEndpoint(guestText), parseEndpoint(peerText)];
    if (guest === undefined || peer === undefined || guest.address !== guestAddress) return [];
    return [TIME_WAIT, CLOSED, LISTEN].includes(state) || peer.port === 0 ? [] : [{ guest, peer }];
  });
}

/** `0F02000A:C350`: the address in the processor's order of bytes, which is little-endian, the port as it is. */
function parseEndpoint(text: string): Endpoint | undefined {
  const match = /^([0-9A-F]{24})?([0-9A-F]{8}):([0-9A-F]{4})$/u.exec(text);
  const [, prefix = MAPPED, address = "", port = ""] = match ?? [];
  if (match === null || prefix !== MAPPED) return undefined;
  const bytes = address.match(/../gu) ?? [];
  return {
    address: bytes
      .reverse()
      .map((byte) => parseInt(byte, 16))
      .join("."),
    port: parseInt(port, 16),
  };
}
