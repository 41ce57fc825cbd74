import { describe, expect, it } from "vitest";
import { BROADCAST_IPV4, formatIpv4, parseIpv4, parseMac } from "./address";
import {
  DHCP_ACK,
  DHCP_DISCOVER,
  DHCP_INFORM,
  DHCP_NAK,
  DHCP_OFFER,
  DHCP_REQUEST,
  type DhcpMessage,
  encodeDhcp,
  parseDhcp,
} from "./dhcp";
import { answerDhcp, type DhcpLease } from "./dhcp-server";
import { hex, pattern } from "./testing/random";

const CLIENT_MAC = parseMac("52:54:00:12:34:56");
const LEASE: DhcpLease = {
  address: parseIpv4("10.0.2.15"),
  prefixLength: 24,
  server: parseIpv4("10.0.2.2"),
  mtu: 1500,
};

/** RFC 2131 figure 1, as udhcpc fills it in: fixed part, then the options given. */
function clientBytes(options: string, ciaddr = "00000000", flags = "8000"): Uint8Array<ArrayBuffer> {
  const fixed =
    `01010600 3903f326 0000${flags} ${ciaddr} 00000000 00000000 00000000` +
    `525400123456 00000000000000000000` +
    "00".repeat(64 + 128);
  return hex(`${fixed} 63825363 ${options}`);
}

const discover = clientBytes("350101 3d0701525400123456 370401030611 ff");

function parsed(bytes: Uint8Array): DhcpMessage {
  const message = parseDhcp(bytes);
  if (message === undefined) throw new Error("not a DHCP message");
  return message;
}

describe("DHCP messages", () => {
  it("are read", () => {
    const message = parsed(discover);
    expect(message).toMatchObject({
      operation: "request",
      transaction: 0x3903f326,
      broadcast: true,
      clientAddress: 0,
      yourAddress: 0,
      relayAddress: 0,
      clientMac: CLIENT_MAC,
    });
    expect(message.options.get(53)).toEqual(Uint8Array.of(DHCP_DISCOVER));
    expect(message.options.get(55)).toEqual(Uint8Array.of(1, 3, 6, 17));
  });

  it("are written, at least as long as BOOTP wants", () => {
    const message = parsed(discover);
    const bytes = encodeDhcp(message);
    expect(bytes.length).toBe(300);
    expect(bytes.subarray(0, discover.length)).toEqual(discover);
    expect(parsed(bytes)).toEqual(message);
  });

  it("may have padding between options and stop at the end mark", () => {
    const message = parsed(clientBytes("00 00 350101 00 ff 32"));
    expect([...message.options.keys()]).toEqual([53]);
  });

  it.each([
    ["cut before the cookie", discover.subarray(0, 239)],
    ["without the cookie", clientBytes("350101 ff").fill(0, 236, 240)],
    ["without a message type", clientBytes("3204 0a00020f ff")],
    ["with a message type of two bytes", clientBytes("35020101 ff")],
    ["with a cut option", clientBytes("350101 3204 0a00")],
    ["with an option without a length", clientBytes("350101 32")],
    ["for another hardware", discover.slice().fill(6, 1, 2)],
    ["with another address length", discover.slice().fill(8, 2, 3)],
    ["with another operation", discover.slice().fill(3, 0, 1)],
    ["empty", new Uint8Array()],
    ["of other bytes", pattern(0, 300)],
  ])("are refused: %s", (_, bytes) => {
    expect(parseDhcp(bytes)).toBeUndefined();
  });
});

describe("the DHCP server", () => {
  const values = (message: DhcpMessage | undefined): Record<string, string> =>
    Object.fromEntries(
      [...(message?.options ?? [])].map(([code, value]) => [
        code,
        Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join(""),
      ]),
    );

  it("offers the lease with everything that a host needs", () => {
    const answer = answerDhcp(parsed(discover), LEASE);
    expect(answer?.to).toBe(BROADCAST_IPV4);
    expect(answer?.message).toMatchObject({
      operation: "reply",
      transaction: 0x3903f326,
      yourAddress: LEASE.address,
      clientMac: CLIENT_MAC,
    });
    expect(values(answer?.message)).toEqual({
      53: "02",
      54: "0a000202",
      51: "00015180",
      58: "0000a8c0",
      59: "00012750",
      1: "ffffff00",
      3: "0a000202",
      6: "0a000202",
      42: "0a000202",
      28: "0a0002ff",
      26: "05dc",
    });
  });

  it("sends to the client's new address when the client can hear that", () => {
    const answer = answerDhcp(parsed(clientBytes("350101 ff", "00000000", "0000")), LEASE);
    expect(formatIpv4(answer?.to ?? 0)).toBe("10.0.2.15");
  });

  it.each([
    ["selecting", clientBytes("350103 3204 0a00020f 3604 0a000202 ff"), "255.255.255.255"],
    ["after a reboot", clientBytes("350103 3204 0a00020f ff"), "255.255.255.255"],
    ["renewing", clientBytes("350103 ff", "0a00020f"), "10.0.2.15"],
  ])("acknowledges a request: %s", (_, bytes, to) => {
    const answer = answerDhcp(parsed(bytes), LEASE);
    expect(answer?.message.options.get(53)).toEqual(Uint8Array.of(DHCP_ACK));
    expect(answer?.message.yourAddress).toBe(LEASE.address);
    expect(formatIpv4(answer?.to ?? 0)).toBe(to);
  });

  it.each([
    ["another address", clientBytes("350103 3204 c0a80132 ff")],
    ["renewing another address", clientBytes("350103 ff", "c0a80132")],
    ["no address at all", clientBytes("350103 ff")],
    ["an address of three bytes", clientBytes("350103 3203 0a0002 ff")],
  ])("says no to a request for %s", (_, bytes) => {
    const answer = answerDhcp(parsed(bytes), LEASE);
    expect(values(answer?.message)).toEqual({ 53: "06", 54: "0a000202" });
    expect(answer?.message.options.get(53)?.[0]).toBe(DHCP_NAK);
    expect(answer?.message.yourAddress).toBe(0);
    expect(answer?.to).toBe(BROADCAST_IPV4);
  });

  it("informs a client that has an address, without a lease", () => {
    const answer = answerDhcp(parsed(clientBytes("350108 ff", "0a000263")), LEASE);
    expect(answer?.message.options.get(53)?.[0]).toBe(DHCP_ACK);
    expect(answer?.message.yourAddress).toBe(0);
    expect(answer?.message.options.has(51)).toBe(false);
    expect(answer?.message.options.has(6)).toBe(true);
    expect(formatIpv4(answer?.to ?? 0)).toBe("10.0.2.99");
  });

  it.each([
    ["a request to another server", clientBytes("350103 3204 0a00020f 3604 0a000263 ff")],
    ["a release", clientBytes("350107 ff", "0a00020f")],
    ["a decline", clientBytes("350104 3204 0a00020f ff")],
    ["an inform without an address", clientBytes("350108 ff")],
    ["an offer of a server", clientBytes("350102 ff").fill(2, 0, 1)],
    ["what came by a relay", clientBytes("350101 ff").fill(9, 24, 28)],
    ["a type that does not exist", clientBytes("350163 ff")],
  ])("keeps silent to %s", (_, bytes) => {
    expect(answerDhcp(parsed(bytes), LEASE)).toBeUndefined();
  });

  it("uses the message types of RFC 2132 §9.6", () => {
    expect([DHCP_DISCOVER, DHCP_OFFER, DHCP_REQUEST, DHCP_ACK, DHCP_NAK, DHCP_INFORM]).toEqual([
      1, 2, 3, 5, 6, 8,
    ]);
  });
});
