/** The state machine of RFC 9293 §3.10, segment by segment against a guest made of frames. */
import { beforeEach, describe, expect, it } from "vitest";
import { parseIpv4 } from "../address";
import { encodeIcmp } from "../icmp";
import { PROTOCOL_ICMP } from "../ipv4";
import { createLan, type Lan, type LanOptions } from "../lan";
import { GATEWAY, RawGuest } from "../testing/raw-guest";
import { findDifference, hex, pattern, seededRandom } from "../testing/random";
import { VirtualClock } from "../testing/virtual-clock";
import { ACK, FIN, PSH, RST, type Segment, SYN } from "./segment";
import { seqAdd } from "./sequence";
import type { Connection } from "./streams";

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** Initial sequence numbers: the guest's and ours. Both wrap soon. */
const THEIRS = 0xfffffff0;
const OURS = 0xfffffffa;
const PORT = 40000;

let clock: VirtualClock;
let guest: RawGuest;
let lan: Lan;
let accepted: Connection[];

function plug(options: Partial<LanOptions> = {}): void {
  lan = createLan({
    port: guest.port,
    clock,
    addresses: ["10.0.2.2", "10.0.2.3"],
    initialSequence: () => OURS,
    ...options,
  });
  lan.listen({ port: 80 }, (connection) => accepted.push(connection));
}

beforeEach(() => {
  clock = new VirtualClock(settle);
  guest = new RawGuest();
  accepted = [];
  plug();
});

/** A segment of the guest's; `seq` and `ack` count from the two SYNs. */
function segment(seq: number, ack: number, flags: number, more: Partial<Segment> = {}): Segment {
  return {
    sourcePort: PORT,
    destinationPort: 80,
    seq: seqAdd(THEIRS, seq),
    ack: flags & ACK ? seqAdd(OURS, ack) : 0,
    flags,
    window: 65535,
    options: flags & SYN ? { maxSegmentSize: 1460, windowScale: undefined } : undefined,
    payload: new Uint8Array(),
    ...more,
  };
}

/** Sends it, and lets what follows happen. */
async function send(...segments: Segment[]): Promise<void> {
  for (const one of segments) guest.sendTcp(one);
  await clock.advance(0);
}

/** What the LAN sent, as `flags seq ack window length`, counted from the two SYNs. */
function sent(): string[] {
  const lines: string[] = [];
  while (guest.received.length > 0) {
    const one = guest.nextTcp();
    if (one === undefined) continue;
    const names: [number, string][] = [
      [SYN, "S"],
      [FIN, "F"],
      [RST, "R"],
      [PSH, "P"],
      [ACK, "."],
    ];
    const flags = names.map(([bit, name]) => (one.flags & bit ? name : "")).join("");
    const seq = (one.seq - OURS) | 0;
    const ack = one.flags & ACK ? (one.ack - THEIRS) | 0 : "-";
    lines.push(`${flags} ${seq} ${ack} ${one.window} ${one.payload.length}`);
  }
  return lines;
}

/** A connection with the handshake done. */
async function establish(more: Partial<Segment> = {}): Promise<Connection> {
  await send(segment(0, 0, SYN, more));
  await send(segment(1, 1, ACK));
  sent();
  const connection = accepted[0];
  if (connection === undefined) throw new Error("not accepted");
  return connection;
}

describe("the handshake", () => {
  it("is three segments, and the connection is known only then", async () => {
    await send(segment(0, 0, SYN));
    expect(sent()).toEqual(["S. 0 1 65535 0"]);
    expect(accepted).toEqual([]);
    await send(segment(1, 1, ACK));
    expect(sent()).toEqual([]);
    expect(accepted.map(({ local, remote }) => [local, remote])).toEqual([
      [
        { address: "10.0.2.2", port: 80 },
        { address: "10.0.2.15", port: PORT },
      ],
    ]);
  });

  it("offers MSS, and scaling only to who offers it", async () => {
    guest.sendTcp(segment(0, 0, SYN));
    await clock.advance(0);
    expect(guest.nextTcp()?.options).toEqual({ maxSegmentSize: 1460, windowScale: undefined });
    guest.sendTcp(segment(0, 0, SYN, { sourcePort: 2, options: { maxSegmentSize: 1460, windowScale: 7 } }));
    await clock.advance(0);
    expect(guest.nextTcp()?.options).toEqual({ maxSegmentSize: 1460, windowScale: 5 });
  });

  it("answers the SYN again when it comes again, and by itself after a second, two, four", async () => {
    await send(segment(0, 0, SYN));
    await send(segment(0, 0, SYN));
    expect(sent()).toEqual(["S. 0 1 65535 0", "S. 0 1 65535 0"]);
    await clock.advance(1000);
    expect(sent().length).toBe(1);
    await clock.advance(1999);
    expect(sent().length).toBe(0);
    await clock.advance(1);
    expect(sent().length).toBe(1);
    await clock.advance(120_000);
    expect(sent().at(-1)).toBe("R. 1 1 0 0");
    expect(lan.figures().connections).toBe(0);
    expect(clock.timers).toBe(0);
  });

  it("takes data with its last acknowledgement", async () => {
    await send(segment(0, 0, SYN));
    await send(segment(1, 1, ACK | PSH, { payload: hex("6869") }));
    expect(sent()).toEqual(["S. 0 1 65535 0", ". 1 3 65533 0"]);
    const reader = accepted[0]?.readable.getReader();
    expect((await reader?.read())?.value).toEqual(hex("6869"));
  });

  it("refuses a wrong acknowledgement of it", async () => {
    await send(segment(0, 0, SYN));
    await send(segment(1, 7, ACK));
    expect(sent()).toEqual(["S. 0 1 65535 0", "R 7 - 0 0"]);
    expect(accepted).toEqual([]);
  });

  it("ends with a reset, without anybody knowing", async () => {
    await send(segment(0, 0, SYN));
    await send(segment(1, 0, RST));
    expect(lan.figures().connections).toBe(0);
    expect(accepted).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it("is refused at once where nobody listens", async () => {
    await send(segment(0, 0, SYN, { destinationPort: 81 }));
    expect(guest.nextTcp()).toMatchObject({ flags: RST | ACK, seq: 0, ack: seqAdd(THEIRS, 1) });
    // RFC 9293 §3.10.7.1: an acknowledgement names the sequence number of the reset.
    await send(segment(5, 9, ACK, { destinationPort: 81, payload: hex("01") }));
    expect(guest.nextTcp()).toMatchObject({ flags: RST, seq: seqAdd(OURS, 9) });
    await send(segment(5, 9, RST, { destinationPort: 81 }));
    expect(sent()).toEqual([]);
    expect(lan.figures().connections).toBe(0);
  });

  it("to a listener that went away meanwhile is reset", async () => {
    const stop = lan.listen({ port: 82 }, () => accepted.push());
    await send(segment(0, 0, SYN, { destinationPort: 82 }));
    stop();
    await send(segment(1, 1, ACK, { destinationPort: 82 }));
    expect(sent()).toEqual(["S. 0 1 65535 0", "R. 1 1 0 0"]);
    await send(segment(0, 0, SYN, { destinationPort: 82, sourcePort: 9 }));
    expect(sent()).toEqual(["R. 6 1 0 0"]);
  });
});

describe("data", () => {
  it("of a burst is acknowledged once, and read in order", async () => {
    const connection = await establish();
    const reader = connection.readable.getReader();
    await send(
      segment(1, 1, ACK, { payload: pattern(0, 1000) }),
      segment(1001, 1, ACK, { payload: pattern(1000, 1000) }),
      segment(2001, 1, ACK | PSH, { payload: pattern(2000, 5) }),
    );
    expect(sent()).toEqual([". 1 2006 63530 0"]);
    expect((await reader.read()).value).toEqual(pattern(0, 2005));
  });

  it("behind a hole is kept, and each such segment says what is missing", async () => {
    const connection = await establish();
    await send(
      segment(11, 1, ACK, { payload: pattern(10, 10) }),
      segment(21, 1, ACK, { payload: pattern(20, 10) }),
    );
    expect(sent()).toEqual([". 1 1 65535 0", ". 1 1 65535 0"]);
    await send(segment(1, 1, ACK, { payload: pattern(0, 10) }));
    expect(sent()).toEqual([". 1 31 65505 0"]);
    expect((await connection.readable.getReader().read()).value).toEqual(pattern(0, 30));
  });

  it("that is sent again is acknowledged again, and read once", async () => {
    const connection = await establish();
    const data = segment(1, 1, ACK, { payload: pattern(0, 10) });
    await send(data);
    await send(data);
    // Half old, half new.
    await send(segment(6, 1, ACK, { payload: pattern(5, 10) }));
    expect(sent()).toEqual([". 1 11 65525 0", ". 1 11 65525 0", ". 1 16 65520 0"]);
    expect((await connection.readable.getReader().read()).value).toEqual(pattern(0, 15));
  });

  it("outside the window is answered by where the window is", async () => {
    await establish();
    await send(segment(70_000, 1, ACK, { payload: pattern(0, 10) }));
    await send(segment(0x7fffffff, 1, ACK, { payload: pattern(0, 10) }));
    expect(sent()).toEqual([". 1 1 65535 0", ". 1 1 65535 0"]);
  });

  it("without an ACK flag is dropped", async () => {
    await establish();
    await send(segment(1, 0, PSH, { payload: pattern(0, 10) }));
    expect(sent()).toEqual([]);
  });

  it("stays in the window while nobody reads, and the window opens again when somebody does", async () => {
    plugSmall();
    const connection = await establish();
    await send(segment(1, 1, ACK, { payload: pattern(0, 1000) }));
    await send(segment(1001, 1, ACK, { payload: pattern(1000, 1000) }));
    expect(sent()).toEqual([". 1 1001 1000 0", ". 1 2001 0 0"]);
    // A probe: a byte that has no room.
    await send(segment(2001, 1, ACK, { payload: pattern(2000, 1) }));
    expect(sent()).toEqual([". 1 2001 0 0"]);
    const reader = connection.readable.getReader();
    expect((await reader.read()).value).toEqual(pattern(0, 2000));
    await clock.advance(0);
    expect(sent()).toEqual([". 1 2001 2000 0"]);
  });

  it("goes out in segments of the peer's MSS, within the peer's window", async () => {
    const connection = await establish({ options: { maxSegmentSize: 100, windowScale: undefined } });
    await send(segment(1, 1, ACK, { window: 250 }));
    const writer = connection.writable.getWriter();
    const written = writer.write(pattern(0, 400));
    await clock.advance(0);
    expect(sent()).toEqual([". 1 1 65535 100", ". 101 1 65535 100"]);
    await send(segment(1, 201, ACK, { window: 250 }));
    expect(sent()).toEqual([". 201 1 65535 100", "P. 301 1 65535 100"]);
    await written;
  });

  it("goes out whatever the MSS that the peer makes up", async () => {
    const connection = await establish({ options: { maxSegmentSize: 0, windowScale: undefined } });
    await connection.writable.getWriter().write(pattern(0, 100));
    await clock.advance(0);
    expect(sent()).toEqual([". 1 1 65535 64", "P. 65 1 65535 36"]);
  });

  it("is 536 bytes a segment to a peer that says nothing", async () => {
    const connection = await establish({ options: { maxSegmentSize: undefined, windowScale: undefined } });
    await connection.writable.getWriter().write(pattern(0, 600));
    await clock.advance(0);
    expect(sent()).toEqual([". 1 1 65535 536", "P. 537 1 65535 64"]);
  });

  it("uses the window's scale, but not in the SYN", async () => {
    await send(segment(0, 0, SYN, { window: 10, options: { maxSegmentSize: 100, windowScale: 3 } }));
    await send(segment(1, 1, ACK, { window: 30 }));
    sent();
    await accepted[0]?.writable.getWriter().write(pattern(0, 1000));
    await clock.advance(0);
    // 30 << 3 = 240, and a piece below a segment waits while more is in flight.
    expect(sent()).toEqual([". 1 1 32768 100", ". 101 1 32768 100"]);
  });
});

describe("retransmission", () => {
  it("begins after a second, backs off, and gives up with a reset", async () => {
    const connection = await establish();
    await connection.writable.getWriter().write(pattern(0, 10));
    await clock.advance(0);
    expect(sent()).toEqual(["P. 1 1 65535 10"]);
    const times: number[] = [];
    const begin = clock.now();
    while (lan.figures().connections > 0) {
      await clock.advance(500);
      for (const line of sent()) {
        times.push(clock.now() - begin);
        expect(line).toMatch(/^(P\. 1 1 65535 10|R\. 11 1 0 0)$/);
      }
    }
    expect(times.slice(0, 6)).toEqual([1000, 3000, 7000, 15_000, 25_000, 35_000]);
    expect(times.at(-1)).toBe(125_000);
    expect(await connection.closed).toMatchObject({ code: "timeout" });
    expect(clock.timers).toBe(0);
  });

  it("goes back to what is missing, and skips what has arrived", async () => {
    const connection = await establish({ options: { maxSegmentSize: 100, windowScale: undefined } });
    await connection.writable.getWriter().write(pattern(0, 500));
    await clock.advance(0);
    expect(sent().length).toBe(5);
    await clock.advance(1000);
    expect(sent()).toEqual([". 1 1 65535 100"]);
    // The guest had the rest already.
    await send(segment(1, 501, ACK));
    expect(sent()).toEqual([]);
    expect(clock.timers).toBe(2);
  });

  it("does not take the acknowledgements of what comes meanwhile back with it", async () => {
    const connection = await establish({ options: { maxSegmentSize: 100, windowScale: undefined } });
    await connection.writable.getWriter().write(pattern(0, 500));
    await clock.advance(1000);
    expect(sent().length).toBe(6);
    // An old sequence number would make the guest drop the acknowledgement.
    await send(segment(1, 1, ACK, { payload: pattern(0, 10) }));
    expect(sent()).toEqual([". 501 11 65525 0"]);
  });

  it("is at once after three duplicate acknowledgements, and again for each further hole", async () => {
    const connection = await establish({ options: { maxSegmentSize: 100, windowScale: undefined } });
    await connection.writable.getWriter().write(pattern(0, 1000));
    await clock.advance(0);
    expect(sent().length).toBe(10);
    await send(segment(1, 101, ACK));
    const duplicate = segment(1, 101, ACK);
    await send(duplicate, duplicate);
    expect(sent()).toEqual([]);
    await send(duplicate);
    expect(sent()).toEqual([". 101 1 65535 100"]);
    await send(duplicate, duplicate);
    expect(sent()).toEqual([]);
    await send(segment(1, 401, ACK));
    expect(sent()).toEqual([". 401 1 65535 100"]);
    await send(segment(1, 1001, ACK));
    expect(sent()).toEqual([]);
  });

  it("does not take a change of the window for a duplicate", async () => {
    const connection = await establish({ options: { maxSegmentSize: 100, windowScale: undefined } });
    await connection.writable.getWriter().write(pattern(0, 1000));
    await clock.advance(0);
    sent();
    for (let window = 60_000; window < 60_010; window += 1) await send(segment(1, 1, ACK, { window }));
    expect(sent()).toEqual([]);
  });

  it("asks by ARP whether the guest's address is still where it was", async () => {
    const connection = await establish();
    await connection.writable.getWriter().write(pattern(0, 10));
    await clock.advance(0);
    guest.received.length = 0;
    await clock.advance(1000);
    const kinds = [guest.nextArp()?.operation, guest.nextTcp()?.payload.length];
    expect(kinds).toEqual(["request", 10]);
  });
});

describe("a closed window", () => {
  it("is probed for as long as the peer answers", async () => {
    const connection = await establish();
    await send(segment(1, 1, ACK, { window: 0 }));
    await connection.writable.getWriter().write(pattern(0, 10));
    await clock.advance(0);
    expect(sent()).toEqual([]);
    for (let minute = 0; minute < 20; minute += 1) {
      await clock.advance(60_000);
      const probes = sent();
      expect(probes.length).toBeGreaterThan(0);
      for (const probe of probes) expect(probe).toBe(". 0 1 65535 0");
      await send(segment(1, 1, ACK, { window: 0 }));
    }
    await send(segment(1, 1, ACK, { window: 5 }));
    await clock.advance(1000);
    await send(segment(1, 6, ACK, { window: 1000 }));
    expect(sent()).toEqual(
      ["P. 1 1 65535 5", "P. 6 1 65535 5"].map((line, index) => (index === 0 ? line.replace("P", "") : line)),
    );
  });

  it("is not probed for ever when the peer is gone", async () => {
    const connection = await establish();
    await send(segment(1, 1, ACK, { window: 0 }));
    await connection.writable.getWriter().write(pattern(0, 10));
    await clock.advance(200_000);
    expect(await connection.closed).toMatchObject({ code: "timeout" });
    expect(sent().at(-1)).toBe("R. 1 1 0 0");
  });

  it("holds the FIN too", async () => {
    const connection = await establish();
    await send(segment(1, 1, ACK, { window: 0 }));
    const closing = connection.writable.close();
    await clock.advance(0);
    expect(sent()).toEqual([]);
    await send(segment(1, 1, ACK, { window: 100 }));
    expect(sent()).toEqual(["F. 1 1 65535 0"]);
    await send(segment(1, 2, ACK));
    await closing;
  });
});

describe("the end", () => {
  it("in good order, by the guest first: FIN, ACK, FIN, ACK", async () => {
    const connection = await establish();
    await send(segment(1, 1, FIN | ACK));
    expect(sent()).toEqual([". 1 2 65534 0"]);
    expect(await connection.readable.getReader().read()).toEqual({ done: true, value: undefined });
    // The other half is still open.
    const writer = connection.writable.getWriter();
    await writer.write(pattern(0, 3));
    await clock.advance(0);
    expect(sent()).toEqual(["P. 1 2 65534 3"]);
    const closing = writer.close();
    await clock.advance(0);
    expect(sent()).toEqual(["F. 4 2 65534 0"]);
    await send(segment(2, 5, ACK));
    await closing;
    expect(await connection.closed).toBeUndefined();
    expect(lan.figures().connections).toBe(0);
    expect(clock.timers).toBe(0);
  });

  it("in good order, by us first, with TIME-WAIT", async () => {
    const connection = await establish();
    const closing = connection.writable.close();
    await clock.advance(0);
    expect(sent()).toEqual(["F. 1 1 65535 0"]);
    await send(segment(1, 2, ACK));
    await closing;
    await send(segment(1, 2, ACK, { payload: pattern(0, 4) }));
    await send(segment(5, 2, FIN | ACK));
    expect(sent()).toEqual([". 2 5 65531 0", ". 2 6 65530 0"]);
    expect(await connection.closed).toBeUndefined();
    expect(lan.figures().connections).toBe(1);
    // The guest did not get our last acknowledgement.
    await clock.advance(4900);
    await send(segment(5, 2, FIN | ACK));
    expect(sent()).toEqual([". 2 6 65530 0"]);
    await clock.advance(4900);
    expect(lan.figures().connections).toBe(1);
    await clock.advance(100);
    expect(lan.figures().connections).toBe(0);
    expect(clock.timers).toBe(0);
    const reader = connection.readable.getReader();
    expect((await reader.read()).value).toEqual(pattern(0, 4));
    expect((await reader.read()).done).toBe(true);
  });

  it("by both at once (RFC 9293 §3.6, figure 13)", async () => {
    const connection = await establish();
    const closing = connection.writable.close();
    await clock.advance(0);
    await send(segment(1, 1, FIN | ACK));
    expect(sent()).toEqual(["F. 1 1 65535 0", ". 2 2 65534 0"]);
    await send(segment(2, 2, ACK));
    await closing;
    expect(await connection.closed).toBeUndefined();
    await clock.advance(5000);
    expect(lan.figures().connections).toBe(0);
  });

  it("with a reset in place of the last acknowledgement is good, unless data was on the way", async () => {
    const connection = await establish();
    await send(segment(1, 1, FIN | ACK));
    const closing = connection.writable.close();
    await clock.advance(0);
    await send(segment(2, 1, RST));
    await closing;
    expect(await connection.closed).toBeUndefined();

    plug2({});
    accepted = [];
    const other = await establish();
    await send(segment(1, 1, FIN | ACK));
    const writer = other.writable.getWriter();
    await writer.write(pattern(0, 5));
    const failing = writer.close();
    failing.catch(() => undefined);
    await clock.advance(0);
    await send(segment(2, 1, RST));
    await expect(failing).rejects.toMatchObject({ code: "reset" });
    expect(clock.timers).toBe(0);
  });

  it("with FIN and its acknowledgement in one segment", async () => {
    const connection = await establish();
    const closing = connection.writable.close();
    await clock.advance(0);
    await send(segment(1, 2, FIN | ACK, { payload: pattern(0, 2) }));
    expect(sent()).toEqual(["F. 1 1 65535 0", ". 2 4 65532 0"]);
    await closing;
    expect(await connection.closed).toBeUndefined();
  });

  it("sends the FIN again when it is lost", async () => {
    const connection = await establish();
    const closing = connection.writable.close();
    await clock.advance(1000);
    expect(sent()).toEqual(["F. 1 1 65535 0", "F. 1 1 65535 0"]);
    await send(segment(1, 2, ACK));
    await closing;
  });

  it("is not believed before what comes first has arrived", async () => {
    const connection = await establish();
    await send(segment(5, 1, FIN | ACK));
    expect(sent()).toEqual([". 1 1 65535 0"]);
    await send(segment(1, 1, ACK, { payload: pattern(0, 4) }));
    expect(sent()).toEqual([". 1 6 65530 0"]);
    const reader = connection.readable.getReader();
    expect((await reader.read()).value).toEqual(pattern(0, 4));
    expect((await reader.read()).done).toBe(true);
  });

  it("of a reader who cancels drops what comes, until the peer had its time", async () => {
    const connection = await establish();
    await connection.readable.cancel();
    const closing = connection.writable.close();
    await send(segment(1, 1, ACK, { payload: pattern(0, 1000) }));
    await send(segment(1001, 2, ACK));
    await closing;
    await send(segment(1001, 2, ACK, { payload: pattern(0, 1000) }));
    expect(sent()).toEqual(["F. 1 1001 64535 0", ". 2 2001 65535 0"]);
    await clock.advance(30_000);
    expect(sent()).toEqual(["R. 2 2001 0 0"]);
    expect(lan.figures().connections).toBe(0);
    expect(clock.timers).toBe(0);
  });

  it("lets the guest use the port again before TIME-WAIT is over", async () => {
    const connection = await establish();
    const closing = connection.writable.close();
    await clock.advance(0);
    await send(segment(1, 2, FIN | ACK));
    await closing;
    sent();
    await send(segment(50_000, 0, SYN));
    expect(sent()).toEqual(["S. 0 50001 65535 0"]);
    await send(segment(50_001, 1, ACK));
    expect(accepted.length).toBe(2);
    expect(lan.figures().connections).toBe(1);
  });
});

describe("a reset", () => {
  it("at exactly the next byte ends the connection, after what was received", async () => {
    const connection = await establish();
    await send(segment(1, 1, ACK, { payload: pattern(0, 10) }));
    await send(segment(11, 1, RST));
    expect(await connection.closed).toMatchObject({ code: "reset" });
    const reader = connection.readable.getReader();
    expect((await reader.read()).value).toEqual(pattern(0, 10));
    await expect(reader.read()).rejects.toMatchObject({ code: "reset" });
    await expect(connection.writable.getWriter().write(pattern(0, 1))).rejects.toMatchObject({
      code: "reset",
    });
    expect(lan.figures().connections).toBe(0);
    expect(clock.timers).toBe(0);
  });

  it("elsewhere in the window is challenged, and outside it is nothing (RFC 5961 §3.2)", async () => {
    await establish();
    await send(segment(100, 1, RST));
    expect(sent()).toEqual([". 1 1 65535 0"]);
    await send(segment(70_000, 1, RST), segment(-5, 1, RST));
    expect(sent()).toEqual([]);
    expect(lan.figures().connections).toBe(1);
  });

  it("fails a reader and a writer who wait", async () => {
    plugSmall();
    const connection = await establish();
    const reading = connection.readable.getReader().read();
    const writer = connection.writable.getWriter();
    const writing = writer.write(pattern(0, 100_000));
    const outcomes = Promise.allSettled([reading, writing, writer.closed]);
    await clock.advance(0);
    await send(segment(1, 1, RST));
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "reset" } });
    }
  });

  it("is what abort() sends, and both streams fail", async () => {
    const connection = await establish();
    await send(segment(1, 1, ACK, { payload: pattern(0, 10) }));
    sent();
    connection.abort();
    expect(sent()).toEqual(["R. 1 11 0 0"]);
    await expect(connection.readable.getReader().read()).rejects.toMatchObject({ code: "aborted" });
    await expect(connection.writable.getWriter().write(pattern(0, 1))).rejects.toMatchObject({
      code: "aborted",
    });
    expect(await connection.closed).toMatchObject({ code: "aborted" });
    await send(segment(11, 1, ACK, { payload: pattern(0, 1) }));
    expect(sent()).toEqual(["R 1 - 0 0"]);
    expect(clock.timers).toBe(0);
  });

  it("is what aborting the writable sends, even while a write waits", async () => {
    plugSmall();
    const connection = await establish();
    const writer = connection.writable.getWriter();
    const writing = writer.write(pattern(0, 100_000));
    await clock.advance(0);
    sent();
    const [, outcome] = await Promise.allSettled([writer.abort(new Error("enough")), writing]);
    expect(outcome.status).toBe("rejected");
    expect(sent().at(-1)).toMatch(/^R\. /);
    expect(await connection.closed).toMatchObject({ code: "aborted" });
  });

  it("follows a write of what is not bytes", async () => {
    const connection = await establish();
    const writer: WritableStreamDefaultWriter<unknown> = connection.writable.getWriter();
    await expect(writer.write("text")).rejects.toThrow(TypeError);
    expect(sent()).toEqual(["R. 1 1 0 0"]);
  });
});

describe("attacks and accidents", () => {
  it("a SYN into a connection is challenged (RFC 5961 §4.2)", async () => {
    await establish();
    await send(segment(0, 0, SYN));
    expect(sent()).toEqual([". 1 1 65535 0"]);
    await clock.advance(1000);
    await send(segment(500, 0, SYN));
    expect(sent()).toEqual([". 1 1 65535 0"]);
    expect(lan.figures().connections).toBe(1);
  });

  it("an acknowledgement of what was never sent, or long ago, is challenged (RFC 5961 §5.2)", async () => {
    await establish();
    await send(segment(1, 2, ACK));
    expect(sent()).toEqual([". 1 1 65535 0"]);
    await clock.advance(1000);
    await send(segment(1, -70_000, ACK));
    expect(sent()).toEqual([". 1 1 65535 0"]);
  });

  it("two ends that are confused do not play ping-pong", async () => {
    await establish();
    for (let round = 0; round < 1000; round += 1) await send(segment(1, 99, ACK));
    expect(sent().length).toBe(1);
  });

  it("random segments to an open connection never throw, and never change what was received", async () => {
    const random = seededRandom(5);
    const connection = await establish();
    const received: Uint8Array[] = [];
    const reading = connection.readable
      .pipeTo(new WritableStream({ write: (chunk) => void received.push(chunk) }))
      .then(
        () => "end",
        (error: unknown) => error,
      );
    for (let round = 0; round < 5000; round += 1) {
      const near = Math.floor((random() - 0.5) * 200_000);
      const flags = Math.floor(random() * 64) & ~(round % 50 === 0 ? 0 : RST | FIN);
      // What lies before the window is old, whatever it says; what lies in it is the right pattern.
      const payload = pattern(near - 1, Math.floor(random() * 100));
      await send(
        segment(near, Math.floor((random() - 0.5) * 10), flags, {
          payload,
          window: Math.floor(random() * 65536),
        }),
      );
      guest.received.length = 0;
    }
    lan.close();
    await reading;
    let position = 0;
    for (const chunk of received) {
      expect(findDifference(position, chunk)).toBe(-1);
      position += chunk.length;
    }
    expect(clock.timers).toBe(0);
  });

  it("a flood of SYNs fills a table of bounded size, which empties again", async () => {
    plug2({ tcp: { maxConnections: 100 } });
    for (let port = 1; port <= 1000; port += 1) guest.sendTcp(segment(0, 0, SYN, { sourcePort: port }));
    await clock.advance(0);
    expect(lan.figures().connections).toBe(100);
    const answers = sent();
    expect(answers.filter((line) => line.startsWith("S.")).length).toBe(100);
    expect(answers.filter((line) => line.startsWith("R.")).length).toBe(900);
    await clock.advance(120_000);
    expect(lan.figures().connections).toBe(0);
    expect(clock.timers).toBe(0);
  });
});

describe("an idle connection", () => {
  it("is asked after two minutes whether it lives, and lives", async () => {
    await establish();
    await clock.advance(119_000);
    expect(sent()).toEqual([]);
    for (let round = 0; round < 10; round += 1) {
      await clock.advance(2000);
      expect(sent()).toEqual([". 0 1 65535 0"]);
      await send(segment(1, 1, ACK));
      await clock.advance(118_500);
      expect(sent()).toEqual([]);
    }
    expect(lan.figures().connections).toBe(1);
  });

  it("ends by timeout when nobody answers", async () => {
    const connection = await establish();
    await clock.advance(260_000);
    expect(await connection.closed).toMatchObject({ code: "timeout" });
    expect(clock.timers).toBe(0);
  });
});

describe("connecting into the guest", () => {
  /** Starts it, and gives the local port that it uses. */
  const begin = async (signal?: AbortSignal): Promise<{ promise: Promise<Connection>; port: number }> => {
    const promise = lan.connect({ address: "10.0.2.15", port: 8080 }, signal);
    promise.catch(() => undefined);
    await clock.advance(0);
    guest.sendArp({
      operation: "reply",
      senderMac: parseInt("525400123456", 16),
      senderAddress: parseIpv4("10.0.2.15"),
      targetMac: 0,
      targetAddress: GATEWAY,
    });
    guest.nextArp();
    const syn = guest.nextTcp();
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
    await send(from(port, 0, 1, SYN | ACK));
    const connection = await promise;
    expect(sent()).toEqual([". 1 1 65535 0"]);
    expect(connection.remote).toEqual({ address: "10.0.2.15", port: 8080 });
    await connection.writable.getWriter().write(hex("01"));
    await clock.advance(0);
    expect(sent()).toEqual(["P. 1 1 65535 1"]);
  });

  it("is refused by a reset, but only by one that acknowledges the SYN", async () => {
    const { promise, port } = await begin();
    await send(from(port, 0, 0, RST), from(port, 0, 9, RST | ACK));
    expect(lan.figures().connections).toBe(1);
    await send(from(port, 0, 1, RST | ACK));
    await expect(promise).rejects.toMatchObject({ code: "refused" });
    expect(clock.timers).toBe(0);
  });

  it("resets an answer to another SYN", async () => {
    const { promise, port } = await begin();
    await send(from(port, 0, 5, SYN | ACK));
    expect(sent()).toEqual(["R 5 - 0 0"]);
    await send(from(port, 0, 1, SYN | ACK));
    await promise;
  });

  it("opens from both sides at once (RFC 9293 §3.5, figure 7)", async () => {
    const { promise, port } = await begin();
    await send(from(port, 0, 0, SYN));
    expect(sent()).toEqual(["S. 0 1 65535 0"]);
    await send(from(port, 0, 1, SYN | ACK));
    expect(sent()).toEqual([". 1 1 65535 0"]);
    await promise;
  });

  it("times out, after sending the SYN again and again", async () => {
    const { promise } = await begin();
    await clock.advance(60_000);
    const tries = sent();
    expect(tries.length).toBe(8);
    expect(new Set(tries)).toEqual(new Set(["S 0 - 65535 0"]));
    await clock.advance(10_000);
    await expect(promise).rejects.toMatchObject({ code: "timeout" });
    expect(clock.timers).toBe(0);
  });

  it("is told by ICMP that there is no way, or nobody", async () => {
    for (const [code, name] of [
      [3, "refused"],
      [1, "unreachable"],
    ] as const) {
      const promise = lan.connect({ address: "10.0.2.15", port: 8080 });
      promise.catch(() => undefined);
      await clock.advance(0);
      if (code === 3) {
        guest.sendArp({
          operation: "reply",
          senderMac: 0x525400123456,
          senderAddress: parseIpv4("10.0.2.15"),
          targetMac: 0,
          targetAddress: GATEWAY,
        });
        guest.nextArp();
      }
      const frame = guest.nextFrame() ?? new Uint8Array();
      const quote = frame.subarray(14, 14 + 28);
      // One that quotes another sequence number is a forgery.
      const forged = quote.slice();
      forged[24] = (forged[24] ?? 0) ^ 1;
      guest.sendIpv4({ protocol: PROTOCOL_ICMP }, encodeIcmp({ type: "unreachable", code, quote: forged }));
      guest.sendIpv4(
        { protocol: PROTOCOL_ICMP },
        encodeIcmp({ type: "unreachable", code, quote: quote.subarray(0, 27) }),
      );
      expect(lan.figures().connections).toBe(1);
      guest.sendIpv4({ protocol: PROTOCOL_ICMP }, encodeIcmp({ type: "unreachable", code, quote }));
      await expect(promise).rejects.toMatchObject({ code: name });
    }
  });

  it("fails when nobody has the address", async () => {
    const promise = lan.connect({ address: "10.0.2.99", port: 80 });
    promise.catch(() => undefined);
    await clock.advance(3000);
    await expect(promise).rejects.toMatchObject({ code: "unreachable" });
    expect(clock.timers).toBe(0);
  });

  it("can be aborted, before and while", async () => {
    const controller = new AbortController();
    const { promise } = await begin(controller.signal);
    const reason = new Error("changed my mind");
    controller.abort(reason);
    await expect(promise).rejects.toBe(reason);
    await expect(lan.connect({ address: "10.0.2.15", port: 1 }, controller.signal)).rejects.toBe(reason);
    expect(lan.figures().connections).toBe(0);
    expect(clock.timers).toBe(0);
  });

  it("refuses what is no address and no port", async () => {
    await expect(lan.connect({ address: "guest", port: 80 })).rejects.toMatchObject({ code: "bad-argument" });
    await expect(lan.connect({ address: "10.0.2.15", port: 0 })).rejects.toMatchObject({
      code: "bad-argument",
    });
    await expect(lan.connect({ address: "10.0.2.15", port: 80, from: "10.0.2.9" })).rejects.toMatchObject({
      code: "bad-argument",
    });
  });
});

describe("connections to the outer world", () => {
  const ELSEWHERE = parseIpv4("192.0.2.80");

  it("are reset at once", async () => {
    guest.sendTcp(segment(0, 0, SYN), ELSEWHERE);
    await clock.advance(0);
    const packet = guest.nextIpv4();
    expect(packet?.source).toBe(ELSEWHERE);
    expect(packet?.payload[13]).toBe(RST | ACK);
  });

  it("are taken by a relay, which may think about it", async () => {
    const asked: string[] = [];
    let decide: (yes: boolean) => void = () => undefined;
    plug2({
      foreign: {
        admit: (to, from) => {
          asked.push(`${to.address}:${to.port} ${from.address}:${from.port}`);
          if (to.port === 25) return false;
          if (to.port === 80) return true;
          return new Promise((resolve) => (decide = resolve));
        },
        onConnection: (connection) => accepted.push(connection),
      },
    });
    const to = async (port: number): Promise<string[]> => {
      guest.sendTcp(segment(0, 0, SYN, { destinationPort: port }), ELSEWHERE);
      await clock.advance(0);
      return sent();
    };
    expect(await to(80)).toEqual(["S. 0 1 65535 0"]);
    expect(await to(25)).toEqual([expect.stringMatching(/^R\. /)]);
    expect(await to(443)).toEqual([]);
    // The guest asks again meanwhile.
    expect(await to(443)).toEqual([]);
    decide(true);
    await clock.advance(0);
    expect(sent()).toEqual(["S. 0 1 65535 0"]);
    guest.sendTcp(segment(1, 1, ACK, { destinationPort: 443 }), ELSEWHERE);
    await clock.advance(0);
    expect(accepted.map(({ local }) => local)).toEqual([{ address: "192.0.2.80", port: 443 }]);
    expect(await to(444)).toEqual([]);
    decide(false);
    await clock.advance(0);
    expect(sent()).toEqual(["R. 0 1 0 0"]);
    expect(asked.length).toBe(4);
  });

  it("are refused when the relay fails to decide", async () => {
    plug2({
      foreign: { admit: () => Promise.reject(new Error("no relay")), onConnection: () => accepted.push() },
    });
    guest.sendTcp(segment(0, 0, SYN), ELSEWHERE);
    await clock.advance(0);
    expect(sent()).toEqual(["R. 0 1 0 0"]);
    expect(lan.figures().connections).toBe(0);
  });
});

describe("a guest without receive buffers", () => {
  it("gets each segment once, when it has some", async () => {
    const connection = await establish({ options: { maxSegmentSize: 100, windowScale: undefined } });
    guest.accepting = false;
    await connection.writable.getWriter().write(pattern(0, 250));
    await send(segment(1, 1, ACK, { payload: pattern(0, 5) }));
    expect(sent()).toEqual([]);
    guest.drain();
    await clock.advance(0);
    expect(sent()).toEqual([". 1 6 65530 100", ". 101 6 65530 100", "P. 201 6 65530 50"]);
  });
});

function plug2(options: Partial<LanOptions>): void {
  lan.close();
  plug(options);
}

function plugSmall(): void {
  plug2({ tcp: { receiveBytes: 2000, sendBytes: 1000 } });
}
