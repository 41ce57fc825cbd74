/** Ethernet, ARP, IPv4, ICMP and UDP, byte for byte. */
import { describe, expect, it } from "vitest";
import { formatIpv4, parseIpv4, parseMac } from "./address";
import { encodeArp, parseArp } from "./arp";
import { parseEthernet, writeEthernet } from "./ethernet";
import { encodeIcmp, parseIcmp } from "./icmp";
import { parseIpv4Packet, writeIpv4Header } from "./ipv4";
import { hex, pattern } from "./testing/random";
import { encodeUdp, parseUdp } from "./udp";

const GUEST = parseIpv4("10.0.2.15");
const GATEWAY = parseIpv4("10.0.2.2");

describe("Ethernet", () => {
  const bytes = hex("02000a000202 525400123456 0800");
  const header = {
    destination: parseMac("02:00:0a:00:02:02"),
    source: parseMac("52:54:00:12:34:56"),
    etherType: 0x0800,
  };

  it("reads and writes the header", () => {
    expect(parseEthernet(bytes)).toEqual(header);
    const target = new Uint8Array(14);
    writeEthernet(target, header);
    expect(target).toEqual(bytes);
  });

  it("refuses a short frame", () => {
    expect(parseEthernet(bytes.subarray(0, 13))).toBeUndefined();
  });
});

describe("ARP", () => {
  // RFC 826: hardware 1, protocol 0x0800, lengths 6 and 4, operation, sender, target.
  const request = hex("0001 0800 06 04 0001 525400123456 0a00020f 000000000000 0a000202");
  const packet = {
    operation: "request" as const,
    senderMac: parseMac("52:54:00:12:34:56"),
    senderAddress: GUEST,
    targetMac: 0,
    targetAddress: GATEWAY,
  };

  it("reads and writes a request and a reply", () => {
    expect(parseArp(request)).toEqual(packet);
    expect(encodeArp(packet)).toEqual(request);
    const reply = { ...packet, operation: "reply" as const };
    expect(parseArp(encodeArp(reply))).toEqual(reply);
  });

  it("ignores Ethernet's padding", () => {
    expect(parseArp(new Uint8Array([...request, ...new Uint8Array(18)]))).toEqual(packet);
  });

  it.each([
    ["short", request.subarray(0, 27)],
    ["another hardware", hex("0006 0800 06 04 0001 525400123456 0a00020f 000000000000 0a000202")],
    ["another protocol", hex("0001 86dd 06 04 0001 525400123456 0a00020f 000000000000 0a000202")],
    ["another length", hex("0001 0800 06 10 0001 525400123456 0a00020f 000000000000 0a000202")],
    ["another operation", hex("0001 0800 06 04 0003 525400123456 0a00020f 000000000000 0a000202")],
  ])("refuses: %s", (_, bytes) => {
    expect(parseArp(bytes)).toBeUndefined();
  });
});

describe("IPv4", () => {
  // The header of RFC 1071-style textbooks: UDP, 115 bytes, 192.168.0.1 -> 192.168.0.199, don't fragment.
  const header = hex("4500 0073 0000 4000 4011 b861 c0a80001 c0a800c7");
  const packet = new Uint8Array([...header, ...pattern(0, 95)]);

  it("reads a packet", () => {
    const parsed = parseIpv4Packet(packet);
    expect(parsed).toMatchObject({
      protocol: 17,
      timeToLive: 64,
      identification: 0,
      dontFragment: true,
      moreFragments: false,
      fragmentOffset: 0,
    });
    expect(formatIpv4(parsed?.source ?? 0)).toBe("192.168.0.1");
    expect(formatIpv4(parsed?.destination ?? 0)).toBe("192.168.0.199");
    expect(parsed?.payload).toEqual(pattern(0, 95));
  });

  it("writes the same header, checksum and all", () => {
    const parsed = parseIpv4Packet(packet);
    expect(parsed).toBeDefined();
    const target = new Uint8Array(30).fill(0xaa);
    if (parsed !== undefined) writeIpv4Header(target, 4, parsed, 95);
    expect(target.subarray(4, 24)).toEqual(header);
    expect(target[3]).toBe(0xaa);
    expect(target[24]).toBe(0xaa);
  });

  it("skips options and ignores padding", () => {
    // Header of 24 bytes: router alert (RFC 2113); total length 28.
    const withOptions = hex("4600 001c 0001 0000 4001 0000 0a00020f 0a000202 94040000 01020304 ffff");
    const sum = 0x4600 + 0x1c + 1 + 0x4001 + 0x0a00 + 0x020f + 0x0a00 + 0x0202 + 0x9404;
    const folded = ~((sum & 0xffff) + (sum >>> 16)) & 0xffff;
    withOptions[10] = folded >>> 8;
    withOptions[11] = folded & 255;
    expect(parseIpv4Packet(withOptions)?.payload).toEqual(hex("01020304"));
  });

  it("reads fragments", () => {
    const target = new Uint8Array(28);
    const fragment = {
      source: GUEST,
      destination: GATEWAY,
      protocol: 1,
      timeToLive: 9,
      identification: 0xbeef,
      dontFragment: false,
      moreFragments: true,
      fragmentOffset: 1480,
    };
    writeIpv4Header(target, 0, fragment, 8);
    expect([...target.subarray(4, 8)]).toEqual([0xbe, 0xef, 0x20, 185]);
    expect(parseIpv4Packet(target)).toMatchObject(fragment);
  });

  it("sees every flipped bit of the header", () => {
    for (let bit = 0; bit < 160; bit += 1) {
      const flipped = packet.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(parseIpv4Packet(flipped)).toBeUndefined();
    }
  });

  it("refuses every cut", () => {
    for (let length = 0; length < packet.length; length += 1) {
      expect(parseIpv4Packet(packet.subarray(0, length))).toBeUndefined();
    }
  });
});

describe("ICMP", () => {
  // Echo request, identifier 1, sequence 2, "ping"; sum 0800+0001+0002+7069+6e67 = e6d3.
  const request = hex("08 00 192c 0001 0002 70696e67");

  it("reads and writes echoes", () => {
    const parsed = parseIcmp(request);
    expect(parsed).toEqual({ type: "echo-request", identifier: 1, sequence: 2, data: hex("70696e67") });
    if (parsed === undefined || parsed.type === "unreachable") throw new Error("not an echo");
    expect(encodeIcmp(parsed)).toEqual(request);
    expect(encodeIcmp({ ...parsed, type: "echo-reply" })).toEqual(hex("00 00 212c 0001 0002 70696e67"));
  });

  it("reads and writes destination unreachable", () => {
    const message = { type: "unreachable" as const, code: 3, quote: pattern(0, 28) };
    const bytes = encodeIcmp(message);
    expect([...bytes.subarray(0, 2), ...bytes.subarray(4, 8)]).toEqual([3, 3, 0, 0, 0, 0]);
    expect(parseIcmp(bytes)).toEqual(message);
  });

  it.each([
    ["short", request.subarray(0, 7)],
    ["a wrong checksum", hex("08 00 192d 0001 0002 70696e67")],
    ["a type that nobody handles", hex("0d 00 f2fe 0000 0000")],
    ["an echo with a code", hex("08 01 192b 0001 0002 70696e67")],
  ])("refuses: %s", (_, bytes) => {
    expect(parseIcmp(bytes)).toBeUndefined();
  });
});

describe("UDP", () => {
  const datagram = { sourcePort: 40000, destinationPort: 53, payload: hex("616263") };

  it("writes and reads, with the pseudo-header in the checksum", () => {
    const bytes = encodeUdp(datagram, GUEST, GATEWAY);
    // 0a00+020f+0a00+0202+0011+000b + 9c40+0035+000b + 6162+6300 = 17927 -> 7928 folded -> 86d7
    const sum = 0x0a00 + 0x020f + 0x0a00 + 0x0202 + 17 + 11 + 40000 + 53 + 11 + 0x6162 + 0x6300;
    const expected = ~((sum & 0xffff) + (sum >>> 16)) & 0xffff;
    expect([...bytes.subarray(0, 8)]).toEqual([0x9c, 0x40, 0, 53, 0, 11, expected >>> 8, expected & 255]);
    expect(parseUdp(bytes, GUEST, GATEWAY)).toEqual(datagram);
  });

  it("refuses what was meant for another address", () => {
    expect(parseUdp(encodeUdp(datagram, GUEST, GATEWAY), GUEST, GATEWAY + 1)).toBeUndefined();
  });

  it("takes a datagram without a checksum, and sends a computed zero as ones", () => {
    const bytes = encodeUdp(datagram, GUEST, GATEWAY);
    bytes.fill(0, 6, 8);
    expect(parseUdp(bytes, GUEST, GATEWAY)).toEqual(datagram);

    // A payload chosen so that everything adds up to ffff.
    const bare = { ...datagram, payload: new Uint8Array(2) };
    const first = encodeUdp(bare, GUEST, GATEWAY);
    const tuned = encodeUdp({ ...bare, payload: first.slice(6, 8) }, GUEST, GATEWAY);
    expect([...tuned.subarray(6, 8)]).toEqual([255, 255]);
    expect(parseUdp(tuned, GUEST, GATEWAY)).toBeDefined();
  });

  it("ignores padding, refuses cuts and impossible lengths", () => {
    const bytes = encodeUdp(datagram, GUEST, GATEWAY);
    expect(parseUdp(new Uint8Array([...bytes, 0, 0]), GUEST, GATEWAY)).toEqual(datagram);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(parseUdp(bytes.subarray(0, length), GUEST, GATEWAY)).toBeUndefined();
    }
    const short = bytes.slice();
    short[5] = 7;
    expect(parseUdp(short, GUEST, GATEWAY)).toBeUndefined();
  });
});
