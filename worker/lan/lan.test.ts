/** The LAN as the guest's frames see it: ARP, ICMP, UDP, full ports and bad frames. */
import { beforeEach, describe, expect, it } from "vitest";
import { BROADCAST_MAC, formatIpv4, parseIpv4, parseMac } from "./address";
import { parseEthernet } from "./ethernet";
import { encodeIcmp, type IcmpMessage, parseIcmp } from "./icmp";
import { PROTOCOL_ICMP, PROTOCOL_UDP } from "./ipv4";
import { createLan, type Lan, type LanOptions } from "./lan";
import { GATEWAY, GUEST, GUEST_MAC, LAN_MAC, RawGuest } from "./testing/raw-guest";
import { hex, pattern, seededRandom } from "./testing/random";
import { VirtualClock } from "./testing/virtual-clock";
import { encodeUdp } from "./udp";

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

let clock: VirtualClock;
let guest: RawGuest;

beforeEach(() => {
  clock = new VirtualClock(settle);
  guest = new RawGuest();
});

function plug(options: Partial<LanOptions> = {}): Lan {
  return createLan({ port: guest.port, clock, addresses: ["10.0.2.2", "10.0.2.3", "10.0.2.4"], ...options });
}

const whoHas = (address: string, sender = GUEST): Parameters<RawGuest["sendArp"]>[0] => ({
  operation: "request",
  senderMac: GUEST_MAC,
  senderAddress: sender,
  targetMac: 0,
  targetAddress: parseIpv4(address),
});

function nextIcmp(): IcmpMessage | undefined {
  const packet = guest.nextIpv4();
  return packet?.protocol === PROTOCOL_ICMP ? parseIcmp(packet.payload) : undefined;
}

describe("ARP", () => {
  it("answers for each of our addresses and no other", () => {
    plug();
    for (const address of ["10.0.2.2", "10.0.2.3", "10.0.2.4"]) {
      guest.sendArp(whoHas(address), BROADCAST_MAC);
      expect(guest.nextArp()).toEqual({
        operation: "reply",
        senderMac: LAN_MAC,
        senderAddress: parseIpv4(address),
        targetMac: GUEST_MAC,
        targetAddress: GUEST,
      });
    }
    for (const address of ["10.0.2.15", "10.0.2.5", "8.8.8.8"]) guest.sendArp(whoHas(address), BROADCAST_MAC);
    expect(guest.received).toEqual([]);
  });

  it("answers a probe for an address of ours, which has no sender yet", () => {
    plug();
    guest.sendArp(whoHas("10.0.2.2", 0), BROADCAST_MAC);
    expect(guest.nextArp()).toMatchObject({ operation: "reply", senderAddress: GATEWAY, targetAddress: 0 });
  });

  it("does not believe a guest that claims an address of ours", () => {
    plug();
    guest.sendArp(whoHas("10.0.2.3", GATEWAY), BROADCAST_MAC);
    expect(guest.received).toEqual([]);
  });

  it("asks for the guest, holds what is meant for it, and sends it when the answer comes", async () => {
    const lan = plug();
    const socket = lan.listenUdp({ port: 7 }, () => undefined);
    socket.send({ address: "10.0.2.15", port: 9 }, hex("01"));
    socket.send({ address: "10.0.2.15", port: 9 }, hex("02"));
    const frame = guest.received[0] ?? new Uint8Array();
    expect(parseEthernet(frame)?.destination).toBe(BROADCAST_MAC);
    expect(guest.nextArp()).toMatchObject({
      operation: "request",
      senderAddress: GATEWAY,
      targetAddress: GUEST,
    });
    await clock.advance(600);
    expect(guest.nextArp()).toMatchObject({ operation: "request" });
    guest.sendArp({ ...whoHas("10.0.2.2"), operation: "reply", targetMac: LAN_MAC });
    expect(parseEthernet(guest.received[0] ?? frame)?.destination).toBe(GUEST_MAC);
    expect(guest.nextUdp()?.payload).toEqual(hex("01"));
    expect(guest.nextUdp()?.payload).toEqual(hex("02"));
    expect(clock.timers).toBe(0);
  });

  it("gives up on an address that nobody has", async () => {
    const lan = plug();
    lan.listenUdp({ port: 7 }, () => undefined).send({ address: "10.0.2.77", port: 9 }, hex("01"));
    await clock.advance(60_000);
    expect(guest.received.length).toBe(6);
    expect(clock.timers).toBe(0);
  });
});

describe("ICMP", () => {
  const echo = (data: Uint8Array): Uint8Array =>
    encodeIcmp({ type: "echo-request", identifier: 77, sequence: 1, data });

  it("echoes, at each of our addresses", () => {
    plug();
    for (const address of [GATEWAY, GATEWAY + 1]) {
      guest.sendIpv4({ protocol: PROTOCOL_ICMP, destination: address }, echo(pattern(0, 56)));
      const packet = guest.nextIpv4();
      expect(packet).toMatchObject({ source: address, destination: GUEST });
      expect(parseIcmp(packet?.payload ?? echo(hex("")))).toEqual({
        type: "echo-reply",
        identifier: 77,
        sequence: 1,
        data: pattern(0, 56),
      });
    }
  });

  it("says at once that there is no way to the outer world", () => {
    plug();
    guest.sendIpv4({ protocol: PROTOCOL_ICMP, destination: parseIpv4("8.8.8.8") }, echo(hex("00")));
    expect(nextIcmp()).toMatchObject({ type: "unreachable", code: 0 });
  });

  it("answers neither broadcasts nor errors", () => {
    plug();
    guest.sendIpv4(
      { protocol: PROTOCOL_ICMP, destination: parseIpv4("10.0.2.255") },
      echo(hex("00")),
      BROADCAST_MAC,
    );
    const error = encodeIcmp({ type: "unreachable", code: 1, quote: pattern(0, 28) });
    guest.sendIpv4({ protocol: PROTOCOL_ICMP }, error);
    guest.sendIpv4({ protocol: PROTOCOL_ICMP, destination: parseIpv4("8.8.8.8") }, error);
    expect(guest.received).toEqual([]);
  });

  it("says that it does not speak another protocol", () => {
    plug();
    guest.sendIpv4({ protocol: 47 }, pattern(0, 30));
    const message = nextIcmp();
    expect(message).toMatchObject({ type: "unreachable", code: 2 });
    // The quote: the header and eight bytes.
    expect(message?.type === "unreachable" && message.quote.subarray(20)).toEqual(pattern(0, 8));
  });

  it("takes a long ping in fragments, in any order, and answers in fragments", () => {
    plug();
    const request = echo(pattern(5, 4000));
    const parts: [number, number, boolean][] = [
      [2960, 4008, false],
      [0, 1480, true],
      [1480, 2960, true],
    ];
    for (const [start, end, more] of parts) {
      const header = {
        protocol: PROTOCOL_ICMP,
        identification: 9,
        fragmentOffset: start,
        moreFragments: more,
      };
      guest.sendIpv4(header, request.subarray(start, end));
    }
    const whole = new Uint8Array(4008);
    const identifications = new Set<number | undefined>();
    for (const expected of [0, 1480, 2960]) {
      const packet = guest.nextIpv4();
      expect(packet).toMatchObject({
        fragmentOffset: expected,
        moreFragments: expected < 2960,
        dontFragment: false,
      });
      identifications.add(packet?.identification);
      whole.set(packet?.payload ?? [], expected);
    }
    expect(identifications.size).toBe(1);
    expect(parseIcmp(whole)).toMatchObject({ type: "echo-reply", data: pattern(5, 4000) });
    expect(guest.received).toEqual([]);
  });
});

describe("UDP", () => {
  it("reaches a listener, which may answer", async () => {
    const lan = plug();
    const got: string[] = [];
    lan.listenUdp({ address: "10.0.2.3", port: 4000 }, ({ from, to, payload, reply }) => {
      got.push(`${from.address}:${from.port} ${to.address}:${to.port} ${payload.join()}`);
      reply(hex("0909"));
    });
    guest.sendUdp({ sourcePort: 5000, destinationPort: 4000, payload: hex("010203") }, GATEWAY + 1);
    await clock.advance(0);
    expect(got).toEqual(["10.0.2.15:5000 10.0.2.3:4000 1,2,3"]);
    expect(guest.nextUdp()).toEqual({ sourcePort: 4000, destinationPort: 5000, payload: hex("0909") });
    // Not at another address of ours.
    guest.sendUdp({ sourcePort: 5000, destinationPort: 4000, payload: hex("01") }, GATEWAY);
    expect(nextIcmp()).toMatchObject({ type: "unreachable", code: 3 });
  });

  it("has one listener for a port, until it closes", () => {
    const lan = plug();
    const socket = lan.listenUdp({ port: 4000 }, () => undefined);
    expect(() => lan.listenUdp({ port: 4000 }, () => undefined)).toThrow("listener already");
    socket.close();
    lan.listenUdp({ port: 4000 }, () => undefined);
    expect(() => lan.listenUdp({ address: "10.0.2.9", port: 1 }, () => undefined)).toThrow(
      "not an address of this LAN",
    );
    expect(() => socket.send({ address: "10.0.2.15", port: 1 }, new Uint8Array(65508))).toThrow("too long");
  });

  it("sends long datagrams in fragments, and puts the guest's together", async () => {
    const lan = plug();
    lan.listenUdp({ port: 4000 }, ({ payload, reply }) => reply(payload));
    const datagram = { sourcePort: 5000, destinationPort: 4000, payload: pattern(1, 3000) };
    const bytes = encodeUdp(datagram, GUEST, GATEWAY);
    guest.sendIpv4({ protocol: PROTOCOL_UDP, moreFragments: true }, bytes.subarray(0, 1480));
    guest.sendIpv4(
      { protocol: PROTOCOL_UDP, moreFragments: true, fragmentOffset: 1480 },
      bytes.subarray(1480, 2960),
    );
    guest.sendIpv4({ protocol: PROTOCOL_UDP, fragmentOffset: 2960 }, bytes.subarray(2960));
    await clock.advance(0);
    expect([1480, 1480, 48]).toEqual([0, 0, 0].map(() => guest.nextIpv4()?.payload.length));
  });

  it("to the outer world is unreachable", () => {
    const elsewhere = parseIpv4("8.8.8.8");
    plug();
    guest.sendUdp({ sourcePort: 5000, destinationPort: 53, payload: hex("01") }, elsewhere);
    const packet = guest.nextIpv4();
    expect(packet?.source).toBe(GATEWAY);
    expect(parseIcmp(packet?.payload ?? hex(""))).toMatchObject({ type: "unreachable", code: 0 });
  });

  it("with a wrong checksum does not exist", async () => {
    const lan = plug();
    let count = 0;
    lan.listenUdp({ port: 4000 }, () => (count += 1));
    const bytes = encodeUdp({ sourcePort: 1, destinationPort: 4000, payload: hex("0102") }, GUEST, GATEWAY);
    bytes[9] = 3;
    guest.sendIpv4({ protocol: PROTOCOL_UDP }, bytes);
    await clock.advance(0);
    expect(count).toBe(0);
    expect(guest.received).toEqual([]);
  });
});

describe("a guest without receive buffers", () => {
  it("gets what waited when it has some again", async () => {
    const lan = plug();
    guest.accepting = false;
    guest.sendArp(whoHas("10.0.2.2"), BROADCAST_MAC);
    guest.sendArp(whoHas("10.0.2.3"), BROADCAST_MAC);
    expect(guest.received).toEqual([]);
    guest.drain();
    expect(formatIpv4(guest.nextArp()?.senderAddress ?? 0)).toBe("10.0.2.2");
    expect(formatIpv4(guest.nextArp()?.senderAddress ?? 0)).toBe("10.0.2.3");

    // Also when nobody tells.
    guest.accepting = false;
    guest.sendArp(whoHas("10.0.2.4"), BROADCAST_MAC);
    guest.accepting = true;
    await clock.advance(100);
    expect(formatIpv4(guest.nextArp()?.senderAddress ?? 0)).toBe("10.0.2.4");
    expect(clock.timers).toBe(0);
    lan.close();
  });

  it("costs a bounded number of frames", () => {
    const lan = plug();
    guest.accepting = false;
    for (let index = 0; index < 1000; index += 1) guest.sendArp(whoHas("10.0.2.2"), BROADCAST_MAC);
    guest.drain();
    expect(guest.received.length).toBe(256);
    expect(lan.figures().framesDropped).toBe(744);
  });
});

describe("bad frames", () => {
  it("for others, of other kinds, or impossible, are ignored", () => {
    const lan = plug();
    const ping = encodeIcmp({ type: "echo-request", identifier: 1, sequence: 1, data: hex("00") });
    guest.sendIpv4({ protocol: PROTOCOL_ICMP }, ping, parseMac("52:54:00:00:00:99"));
    guest.sendIpv4({ protocol: PROTOCOL_ICMP, source: GATEWAY }, ping);
    guest.sendIpv4({ protocol: PROTOCOL_ICMP, source: parseIpv4("127.0.0.1") }, ping);
    guest.sendIpv4({ protocol: PROTOCOL_ICMP, source: parseIpv4("224.0.0.1") }, ping);
    guest.sendIpv4({ protocol: PROTOCOL_ICMP, source: parseIpv4("10.0.2.255") }, ping);
    guest.sendIpv4({ protocol: PROTOCOL_ICMP, destination: parseIpv4("127.0.0.1") }, ping);
    guest.sendIpv4({ protocol: PROTOCOL_ICMP, destination: parseIpv4("224.0.0.251") }, ping);
    guest.sendFrame(0x86dd, pattern(0, 60));
    guest.sendFrame(0x8100, pattern(0, 60));
    guest.send(new Uint8Array());
    expect(guest.received).toEqual([]);
    expect(lan.figures().framesIgnored).toBe(10);
  });

  it("of random bytes never throw", async () => {
    const lan = plug({ lease: "10.0.2.15", dns: { names: new Map() }, wallClock: () => 0 });
    lan.listen({ port: 80 }, (connection) => connection.abort());
    const random = seededRandom(11);
    const protocols = [PROTOCOL_ICMP, 6, PROTOCOL_UDP, 99];
    for (let round = 0; round < 20_000; round += 1) {
      const bytes = Uint8Array.from({ length: Math.floor(random() * 120) }, () => Math.floor(random() * 256));
      const kind = round % 5;
      if (kind === 0) guest.send(bytes);
      else if (kind === 1) guest.sendFrame(0x0806, bytes);
      else if (kind === 2) guest.sendFrame(0x0800, bytes);
      else if (kind === 3) {
        const port = [53, 67, 123, 80][round % 4] ?? 0;
        guest.sendUdp({ sourcePort: 1 + (round % 60_000), destinationPort: port, payload: bytes });
      } else {
        guest.sendIpv4(
          {
            protocol: protocols[Math.floor(random() * 4)] ?? 0,
            fragmentOffset: random() < 0.2 ? Math.floor(random() * 8192) * 8 : 0,
            moreFragments: random() < 0.2,
          },
          bytes,
        );
      }
      if (round % 100 === 0) {
        guest.received.length = 0;
        await clock.advance(10);
      }
    }
    expect(lan.figures().framesReceived).toBe(20_000);
    lan.close();
    await clock.advance(120_000);
    expect(lan.figures().connections).toBe(0);
    expect(clock.timers).toBe(0);
  });
});

describe("a LAN", () => {
  it("refuses settings that make no sense", () => {
    expect(() => plug({ addresses: [] })).toThrow("needs an address");
    expect(() => plug({ mtu: 500 })).toThrow("MTU");
    expect(() => plug({ mtu: 65536 })).toThrow("MTU");
    expect(() => plug({ mac: "hello" })).toThrow("not a MAC address");
    expect(guest.plugged).toBe(false);
  });

  it("is silent and unplugged once it is closed", async () => {
    const lan = plug();
    const socket = lan.listenUdp({ port: 7 }, () => undefined);
    lan.close();
    expect(guest.plugged).toBe(false);
    socket.send({ address: "10.0.2.15", port: 9 }, hex("01"));
    await expect(lan.connect({ address: "10.0.2.15", port: 80 })).rejects.toMatchObject({ code: "closed" });
    expect(guest.received).toEqual([]);
    expect(clock.timers).toBe(0);
  });
});
