/** DHCP, NTP and DNS as the guest's frames see them. */
import { beforeEach, describe, expect, it } from "vitest";
import { BROADCAST_IPV4, BROADCAST_MAC } from "./address";
import { readU16 } from "./bytes";
import { encodeDhcp, parseDhcp } from "./dhcp";
import { parseEthernet } from "./ethernet";
import { PROTOCOL_UDP } from "./ipv4";
import { createLan, type Lan, type LanOptions } from "./lan";
import { readNtpTime } from "./ntp";
import { GUEST, GUEST_MAC, RawGuest } from "./testing/raw-guest";
import { hex } from "./testing/random";
import { VirtualClock } from "./testing/virtual-clock";
import { encodeUdp } from "./udp";

let clock: VirtualClock;
let guest: RawGuest;

beforeEach(() => {
  clock = new VirtualClock(() => new Promise((resolve) => setImmediate(resolve)));
  guest = new RawGuest();
});

function plug(options: Partial<LanOptions>): Lan {
  return createLan({ port: guest.port, clock, addresses: ["10.0.2.2", "10.0.2.3"], ...options });
}

describe("services", () => {
  it("DHCP: discover, offer, request, acknowledge, over frames", async () => {
    plug({ lease: "10.0.2.15" });
    const message = {
      operation: "request" as const,
      transaction: 42,
      broadcast: false,
      clientAddress: 0,
      yourAddress: 0,
      relayAddress: 0,
      clientMac: GUEST_MAC,
      options: new Map([[53, Uint8Array.of(1)]]),
    };
    const sendDhcp = (options: Map<number, Uint8Array>): void =>
      guest.sendIpv4(
        { protocol: PROTOCOL_UDP, source: 0, destination: BROADCAST_IPV4 },
        encodeUdp(
          { sourcePort: 68, destinationPort: 67, payload: encodeDhcp({ ...message, options }) },
          0,
          BROADCAST_IPV4,
        ),
        BROADCAST_MAC,
      );
    sendDhcp(message.options);
    await clock.advance(0);
    const frame = guest.received[0] ?? new Uint8Array();
    expect(parseEthernet(frame)?.destination).toBe(GUEST_MAC);
    const offer = guest.nextUdp();
    expect(offer).toMatchObject({ sourcePort: 67, destinationPort: 68 });
    expect(parseDhcp(offer?.payload ?? frame)).toMatchObject({ operation: "reply", yourAddress: GUEST });

    sendDhcp(
      new Map([
        [53, Uint8Array.of(3)],
        [50, hex("0a00020f")],
        [54, hex("0a000202")],
      ]),
    );
    await clock.advance(0);
    const acknowledged = parseDhcp(guest.nextUdp()?.payload ?? frame);
    expect(acknowledged?.options.get(53)).toEqual(Uint8Array.of(5));

    sendDhcp(
      new Map([
        [53, Uint8Array.of(3)],
        [50, hex("c0a80001")],
      ]),
    );
    await clock.advance(0);
    expect(parseEthernet(guest.received[0] ?? frame)?.destination).toBe(BROADCAST_MAC);
    expect(parseDhcp(guest.nextUdp()?.payload ?? frame)?.options.get(53)).toEqual(Uint8Array.of(6));
  });

  it("NTP: tells the wall clock's time", async () => {
    plug({ wallClock: () => Date.UTC(2026, 10, 22) });
    guest.sendUdp({ sourcePort: 123, destinationPort: 123, payload: hex(`23${"00".repeat(47)}`) });
    await clock.advance(0);
    expect(readNtpTime(guest.nextUdp()?.payload ?? hex(""), 40)).toBeCloseTo(Date.UTC(2026, 10, 22), 2);
    guest.sendUdp({ sourcePort: 123, destinationPort: 123, payload: hex("23") });
    await clock.advance(0);
    expect(guest.received).toEqual([]);
  });

  describe("DNS", () => {
    const ask = (name: string, type = 1, klass = 1): Uint8Array => {
      const labels = name.split(".").map((label) => String.fromCharCode(label.length) + label);
      const bytes = Uint8Array.from(`${labels.join("")}\0`, (letter) => letter.charCodeAt(0));
      return Uint8Array.from([...hex("abcd 0100 0001 0000 0000 0000"), ...bytes, 0, type, 0, klass]);
    };
    const names = new Map([
      ["registry-1.docker.io", ["10.0.2.3"]],
      ["empty.drydock.local", []],
    ]);
    /** Response code, answers, and whether it is ours to say. */
    const answered = async (bytes: Uint8Array): Promise<[number, number, boolean] | undefined> => {
      guest.sendUdp({ sourcePort: 5353, destinationPort: 53, payload: bytes });
      await clock.advance(0);
      const payload = guest.nextUdp()?.payload;
      if (payload === undefined) return undefined;
      expect(readU16(payload, 0)).toBe(readU16(bytes, 0));
      return [readU16(payload, 2) & 15, readU16(payload, 6), (readU16(payload, 2) & 0x0400) !== 0];
    };

    it("knows our names, and that every other does not exist", async () => {
      plug({ dns: { names } });
      expect(await answered(ask("registry-1.docker.io"))).toEqual([0, 1, true]);
      expect(await answered(ask("REGISTRY-1.docker.IO"))).toEqual([0, 1, true]);
      expect(await answered(ask("registry-1.docker.io", 255))).toEqual([0, 1, true]);
      expect(await answered(ask("www.example.org"))).toEqual([3, 0, false]);
      expect(await answered(ask("docker.io"))).toEqual([3, 0, false]);
    });

    it("has no IPv6, but does not deny the name", async () => {
      plug({ dns: { names } });
      expect(await answered(ask("registry-1.docker.io", 28))).toEqual([0, 0, true]);
      expect(await answered(ask("empty.drydock.local"))).toEqual([0, 0, true]);
      expect(await answered(ask("www.example.org", 28))).toEqual([3, 0, false]);
    });

    it("gives errors by name", async () => {
      plug({ dns: { names } });
      expect(await answered(ask("registry-1.docker.io").subarray(0, 20))).toEqual([1, 0, false]);
      expect(await answered(hex("abcd 2800 0001 0000 0000 0000"))).toEqual([4, 0, false]);
      expect(await answered(ask("version.bind", 16, 3))).toEqual([5, 0, false]);
      expect(await answered(ask("docker.io", 252))).toEqual([5, 0, false]);
      expect(await answered(hex("abcd 01"))).toBeUndefined();
      expect(await answered(hex("abcd 8180 0001 0000 0000 0000"))).toBeUndefined();
    });

    it("asks a resolver for other names, if there is one", async () => {
      const asked: string[] = [];
      plug({
        dns: {
          names,
          resolve: (name) => {
            asked.push(name);
            if (name === "broken.example") return Promise.reject(new Error("no"));
            return Promise.resolve(name === "www.example.org" ? ["192.0.2.1", "192.0.2.2"] : []);
          },
        },
      });
      expect(await answered(ask("www.example.org"))).toEqual([0, 2, false]);
      expect(await answered(ask("www.example.org", 28))).toEqual([0, 0, false]);
      expect(await answered(ask("none.example"))).toEqual([3, 0, false]);
      expect(await answered(ask("broken.example"))).toEqual([2, 0, false]);
      expect(await answered(ask("registry-1.docker.io"))).toEqual([0, 1, true]);
      expect(asked).toEqual(["www.example.org", "www.example.org", "none.example", "broken.example"]);
      expect(clock.timers).toBe(0);
    });

    it("does not wait for a resolver forever, nor ask it a thousand things at once", async () => {
      plug({ dns: { names, resolve: () => new Promise(() => undefined) } });
      for (let index = 0; index < 70; index += 1) {
        guest.sendUdp({ sourcePort: 5353, destinationPort: 53, payload: ask("slow.example") });
      }
      await clock.advance(0);
      expect(guest.received.length).toBe(6);
      await clock.advance(5000);
      expect(guest.received.length).toBe(70);
      for (let index = 0; index < 70; index += 1) {
        expect(readU16(guest.nextUdp()?.payload ?? hex(""), 2) & 15).toBe(2);
      }
      expect(clock.timers).toBe(0);
    });
  });
});
