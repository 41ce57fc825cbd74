/** How connections begin, both ways (RFC 9293 §3.5, §3.10), segment by segment against a guest made of frames. */
import { beforeEach, describe, expect, it } from "vitest";
import { parseIpv4 } from "../address";
import { encodeIcmp } from "../icmp";
import { PROTOCOL_ICMP } from "../ipv4";
import { GATEWAY } from "../testing/raw-guest";
import { hex } from "../testing/random";
import { OURS, PORT, segment, TcpScript, THEIRS } from "../testing/tcp-script";
import { ACK, PSH, RST, SYN, type Segment } from "./segment";
import { seqAdd } from "./sequence";
import type { Connection } from "./streams";

let tcp: TcpScript;

beforeEach(() => {
  tcp = new TcpScript();
});

describe("the handshake", () => {
  it("is three segments, and the connection is known only then", async () => {
    await tcp.send(segment(0, 0, SYN));
    expect(tcp.sent()).toEqual(["S. 0 1 65535 0"]);
    expect(tcp.accepted).toEqual([]);
    await tcp.send(segment(1, 1, ACK));
    expect(tcp.sent()).toEqual([]);
    expect(tcp.accepted.map(({ local, remote }) => [local, remote])).toEqual([
      [
        { address: "10.0.2.2", port: 80 },
        { address: "10.0.2.15", port: PORT },
      ],
    ]);
  });

  it("offers MSS, and scaling only to who offers it", async () => {
    tcp.guest.sendTcp(segment(0, 0, SYN));
    await tcp.clock.advance(0);
    expect(tcp.guest.nextTcp()?.options).toEqual({ maxSegmentSize: 1460, windowScale: undefined });
    tcp.guest.sendTcp(
      segment(0, 0, SYN, { sourcePort: 2, options: { maxSegmentSize: 1460, windowScale: 7 } }),
    );
    await tcp.clock.advance(0);
    expect(tcp.guest.nextTcp()?.options).toEqual({ maxSegmentSize: 1460, windowScale: 5 });
  });

  it("answers the SYN again when it comes again, and by itself after a second, two, four", async () => {
    await tcp.send(segment(0, 0, SYN));
    await tcp.send(segment(0, 0, SYN));
    expect(tcp.sent()).toEqual(["S. 0 1 65535 0", "S. 0 1 65535 0"]);
    await tcp.clock.advance(1000);
    expect(tcp.sent().length).toBe(1);
    await tcp.clock.advance(1999);
    expect(tcp.sent().length).toBe(0);
    await tcp.clock.advance(1);
    expect(tcp.sent().length).toBe(1);
    await tcp.clock.advance(120_000);
    expect(tcp.sent().at(-1)).toBe("R. 1 1 0 0");
    expect(tcp.lan.figures().connections).toBe(0);
    expect(tcp.clock.timers).toBe(0);
  });

  it("takes data with its last acknowledgement", async () => {
    await tcp.send(segment(0, 0, SYN));
    await tcp.send(segment(1, 1, ACK | PSH, { payload: hex("6869") }));
    expect(tcp.sent()).toEqual(["S. 0 1 65535 0", ". 1 3 65533 0"]);
    const reader = tcp.accepted[0]?.readable.getReader();
    expect((await reader?.read())?.value).toEqual(hex("6869"));
  });

  it("refuses a wrong acknowledgement of it", async () => {
    await tcp.send(segment(0, 0, SYN));
    await tcp.send(segment(1, 7, ACK));
    expect(tcp.sent()).toEqual(["S. 0 1 65535 0", "R 7 - 0 0"]);
    expect(tcp.accepted).toEqual([]);
  });

  it("ends with a reset, without anybody knowing", async () => {
    await tcp.send(segment(0, 0, SYN));
    await tcp.send(segment(1, 0, RST));
    expect(tcp.lan.figures().connections).toBe(0);
    expect(tcp.accepted).toEqual([]);
    expect(tcp.clock.timers).toBe(0);
  });

  it("is refused at once where nobody listens", async () => {
    await tcp.send(segment(0, 0, SYN, { destinationPort: 81 }));
    expect(tcp.guest.nextTcp()).toMatchObject({ flags: RST | ACK, seq: 0, ack: seqAdd(THEIRS, 1) });
    // RFC 9293 §3.10.7.1: an acknowledgement names the sequence number of the reset.
    await tcp.send(segment(5, 9, ACK, { destinationPort: 81, payload: hex("01") }));
    expect(tcp.guest.nextTcp()).toMatchObject({ flags: RST, seq: seqAdd(OURS, 9) });
    await tcp.send(segment(5, 9, RST, { destinationPort: 81 }));
    expect(tcp.sent()).toEqual([]);
    expect(tcp.lan.figures().connections).toBe(0);
  });

  it("to a listener that went away meanwhile is reset", async () => {
    const stop = tcp.lan.listen({ port: 82 }, () => tcp.accepted.push());
    await tcp.send(segment(0, 0, SYN, { destinationPort: 82 }));
    stop();
    await tcp.send(segment(1, 1, ACK, { destinationPort: 82 }));
    expect(tcp.sent()).toEqual(["S. 0 1 65535 0", "R. 1 1 0 0"]);
    await tcp.send(segment(0, 0, SYN, { destinationPort: 82, sourcePort: 9 }));
    expect(tcp.sent()).toEqual(["R. 6 1 0 0"]);
  });
});

describe("connecting into the guest", () => {
  /** Starts it, and gives the local port that it uses. */
  const begin = async (signal?: AbortSignal): Promise<{ promise: Promise<Connection>; port: number }> => {
    const promise = tcp.lan.connect({ address: "10.0.2.15", port: 8080 }, signal);
    promise.catch(() => undefined);
    await tcp.clock.advance(0);
    tcp.guest.sendArp({
      operation: "reply",
      senderMac: parseInt("525400123456", 16),
      senderAddress: parseIpv4("10.0.2.15"),
      targetMac: 0,
      targetAddress: GATEWAY,
    });
    tcp.guest.nextArp();
    const syn = tcp.guest.nextTcp();
    expect(syn).toMatchObject({ flags: SYN, seq: OURS, options: { maxSegmentSize: 1460, windowScale: 5 } });
    return { promise, port: syn?.sourcePort ?? 0 };
  };
  const from = (
    port: number,
    seq: number,
    ack: number,
    flags: number,
    more: Partial<Segment> = {},
  ): Segment => segment(seq, ack, flags, { sourcePort: 8080, destinationPort: port, ...more });

  it("shakes hands and talks", async () => {
    const { promise, port } = await begin();
    await tcp.send(from(port, 0, 1, SYN | ACK));
    const connection = await promise;
    expect(tcp.sent()).toEqual([". 1 1 65535 0"]);
    expect(connection.remote).toEqual({ address: "10.0.2.15", port: 8080 });
    await connection.writable.getWriter().write(hex("01"));
    await tcp.clock.advance(0);
    expect(tcp.sent()).toEqual(["P. 1 1 65535 1"]);
  });

  it("is refused by a reset, but only by one that acknowledges the SYN", async () => {
    const { promise, port } = await begin();
    await tcp.send(from(port, 0, 0, RST), from(port, 0, 9, RST | ACK));
    expect(tcp.lan.figures().connections).toBe(1);
    await tcp.send(from(port, 0, 1, RST | ACK));
    await expect(promise).rejects.toMatchObject({ code: "refused" });
    expect(tcp.clock.timers).toBe(0);
  });

  it("resets an answer to another SYN", async () => {
    const { promise, port } = await begin();
    await tcp.send(from(port, 0, 5, SYN | ACK));
    expect(tcp.sent()).toEqual(["R 5 - 0 0"]);
    await tcp.send(from(port, 0, 1, SYN | ACK));
    await promise;
  });

  it("opens from both sides at once (RFC 9293 §3.5, figure 7)", async () => {
    const { promise, port } = await begin();
    await tcp.send(from(port, 0, 0, SYN));
    expect(tcp.sent()).toEqual(["S. 0 1 65535 0"]);
    await tcp.send(from(port, 0, 1, SYN | ACK));
    expect(tcp.sent()).toEqual([". 1 1 65535 0"]);
    await promise;
  });

  it("times out, after sending the SYN again and again", async () => {
    const { promise } = await begin();
    await tcp.clock.advance(60_000);
    const tries = tcp.sent();
    expect(tries.length).toBe(8);
    expect(new Set(tries)).toEqual(new Set(["S 0 - 65535 0"]));
    await tcp.clock.advance(10_000);
    await expect(promise).rejects.toMatchObject({ code: "timeout" });
    expect(tcp.clock.timers).toBe(0);
  });

  it("is told by ICMP that there is no way, or nobody", async () => {
    for (const [code, name] of [
      [3, "refused"],
      [1, "unreachable"],
    ] as const) {
      const promise = tcp.lan.connect({ address: "10.0.2.15", port: 8080 });
      promise.catch(() => undefined);
      await tcp.clock.advance(0);
      if (code === 3) {
        tcp.guest.sendArp({
          operation: "reply",
          senderMac: 0x525400123456,
          senderAddress: parseIpv4("10.0.2.15"),
          targetMac: 0,
          targetAddress: GATEWAY,
        });
        tcp.guest.nextArp();
      }
      const frame = tcp.guest.nextFrame() ?? new Uint8Array();
      const quote = frame.subarray(14, 14 + 28);
      // One that quotes another sequence number is a forgery.
      const forged = quote.slice();
      forged[24] = (forged[24] ?? 0) ^ 1;
      tcp.guest.sendIpv4(
        { protocol: PROTOCOL_ICMP },
        encodeIcmp({ type: "unreachable", code, quote: forged }),
      );
      tcp.guest.sendIpv4(
        { protocol: PROTOCOL_ICMP },
        encodeIcmp({ type: "unreachable", code, quote: quote.subarray(0, 27) }),
      );
      expect(tcp.lan.figures().connections).toBe(1);
      tcp.guest.sendIpv4({ protocol: PROTOCOL_ICMP }, encodeIcmp({ type: "unreachable", code, quote }));
      await expect(promise).rejects.toMatchObject({ code: name });
    }
  });

  it("fails when nobody has the address", async () => {
    const promise = tcp.lan.connect({ address: "10.0.2.99", port: 80 });
    promise.catch(() => undefined);
    await tcp.clock.advance(3000);
    await expect(promise).rejects.toMatchObject({ code: "unreachable" });
    expect(tcp.clock.timers).toBe(0);
  });

  it("can be aborted, before and while", async () => {
    const controller = new AbortController();
    const { promise } = await begin(controller.signal);
    const reason = new Error("changed my mind");
    controller.abort(reason);
    await expect(promise).rejects.toBe(reason);
    await expect(tcp.lan.connect({ address: "10.0.2.15", port: 1 }, controller.signal)).rejects.toBe(reason);
    expect(tcp.lan.figures().connections).toBe(0);
    expect(tcp.clock.timers).toBe(0);
  });

  it("refuses what is no address and no port", async () => {
    await expect(tcp.lan.connect({ address: "guest", port: 80 })).rejects.toMatchObject({
      code: "bad-argument",
    });
    await expect(tcp.lan.connect({ address: "10.0.2.15", port: 0 })).rejects.toMatchObject({
      code: "bad-argument",
    });
    await expect(tcp.lan.connect({ address: "10.0.2.15", port: 80, from: "10.0.2.9" })).rejects.toMatchObject(
      {
        code: "bad-argument",
      },
    );
  });
});

describe("connections to the outer world", () => {
  const ELSEWHERE = parseIpv4("192.0.2.80");

  it("are reset at once", async () => {
    tcp.guest.sendTcp(segment(0, 0, SYN), ELSEWHERE);
    await tcp.clock.advance(0);
    const packet = tcp.guest.nextIpv4();
    expect(packet?.source).toBe(ELSEWHERE);
    expect(packet?.payload[13]).toBe(RST | ACK);
  });

  it("are taken by a relay, which may think about it", async () => {
    const asked: string[] = [];
    let decide: (yes: boolean) => void = () => undefined;
    tcp.plug({
      foreign: {
        admit: (to, from) => {
          asked.push(`${to.address}:${to.port} ${from.address}:${from.port}`);
          if (to.port === 25) return false;
          if (to.port === 80) return true;
          return new Promise((resolve) => (decide = resolve));
        },
        onConnection: (connection) => tcp.accepted.push(connection),
      },
    });
    const to = async (port: number): Promise<string[]> => {
      tcp.guest.sendTcp(segment(0, 0, SYN, { destinationPort: port }), ELSEWHERE);
      await tcp.clock.advance(0);
      return tcp.sent();
    };
    expect(await to(80)).toEqual(["S. 0 1 65535 0"]);
    expect(await to(25)).toEqual([expect.stringMatching(/^R\. /)]);
    expect(await to(443)).toEqual([]);
    // The guest asks again meanwhile.
    expect(await to(443)).toEqual([]);
    decide(true);
    await tcp.clock.advance(0);
    expect(tcp.sent()).toEqual(["S. 0 1 65535 0"]);
    tcp.guest.sendTcp(segment(1, 1, ACK, { destinationPort: 443 }), ELSEWHERE);
    await tcp.clock.advance(0);
    expect(tcp.accepted.map(({ local }) => local)).toEqual([{ address: "192.0.2.80", port: 443 }]);
    expect(await to(444)).toEqual([]);
    decide(false);
    await tcp.clock.advance(0);
    expect(tcp.sent()).toEqual(["R. 0 1 0 0"]);
    expect(asked.length).toBe(4);
  });

  it("are refused when the relay fails to decide", async () => {
    tcp.plug({
      foreign: {
        admit: () => Promise.reject(new Error("no relay")),
        onConnection: () => tcp.accepted.push(),
      },
    });
    tcp.guest.sendTcp(segment(0, 0, SYN), ELSEWHERE);
    await tcp.clock.advance(0);
    expect(tcp.sent()).toEqual(["R. 0 1 0 0"]);
    expect(tcp.lan.figures().connections).toBe(0);
  });
});
