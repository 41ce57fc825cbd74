/** Bytes, windows and retransmission (RFC 9293 §3.8), segment by segment against a guest made of frames. */
import { beforeEach, describe, expect, it } from "vitest";
import { pattern } from "../testing/random";
import { segment, SMALL, TcpScript } from "../testing/tcp-script";
import { ACK, PSH, SYN } from "./segment";

let tcp: TcpScript;

beforeEach(() => {
  tcp = new TcpScript();
});

describe("data", () => {
  it("of a burst is acknowledged once, and read in order", async () => {
    const connection = await tcp.establish();
    const reader = connection.readable.getReader();
    await tcp.send(
      segment(1, 1, ACK, { payload: pattern(0, 1000) }),
      segment(1001, 1, ACK, { payload: pattern(1000, 1000) }),
      segment(2001, 1, ACK | PSH, { payload: pattern(2000, 5) }),
    );
    expect(tcp.sent()).toEqual([". 1 2006 63530 0"]);
    expect((await reader.read()).value).toEqual(pattern(0, 2005));
  });

  it("behind a hole is kept, and each such segment says what is missing", async () => {
    const connection = await tcp.establish();
    await tcp.send(
      segment(11, 1, ACK, { payload: pattern(10, 10) }),
      segment(21, 1, ACK, { payload: pattern(20, 10) }),
    );
    expect(tcp.sent()).toEqual([". 1 1 65535 0", ". 1 1 65535 0"]);
    await tcp.send(segment(1, 1, ACK, { payload: pattern(0, 10) }));
    expect(tcp.sent()).toEqual([". 1 31 65505 0"]);
    expect((await connection.readable.getReader().read()).value).toEqual(pattern(0, 30));
  });

  it("that is sent again is acknowledged again, and read once", async () => {
    const connection = await tcp.establish();
    const data = segment(1, 1, ACK, { payload: pattern(0, 10) });
    await tcp.send(data);
    await tcp.send(data);
    // Half old, half new.
    await tcp.send(segment(6, 1, ACK, { payload: pattern(5, 10) }));
    expect(tcp.sent()).toEqual([". 1 11 65525 0", ". 1 11 65525 0", ". 1 16 65520 0"]);
    expect((await connection.readable.getReader().read()).value).toEqual(pattern(0, 15));
  });

  it("outside the window is answered by where the window is", async () => {
    await tcp.establish();
    await tcp.send(segment(70_000, 1, ACK, { payload: pattern(0, 10) }));
    await tcp.send(segment(0x7fffffff, 1, ACK, { payload: pattern(0, 10) }));
    expect(tcp.sent()).toEqual([". 1 1 65535 0", ". 1 1 65535 0"]);
  });

  it("without an ACK flag is dropped", async () => {
    await tcp.establish();
    await tcp.send(segment(1, 0, PSH, { payload: pattern(0, 10) }));
    expect(tcp.sent()).toEqual([]);
  });

  it("stays in the window while nobody reads, and the window opens again when somebody does", async () => {
    tcp.plug(SMALL);
    const connection = await tcp.establish();
    await tcp.send(segment(1, 1, ACK, { payload: pattern(0, 1000) }));
    await tcp.send(segment(1001, 1, ACK, { payload: pattern(1000, 1000) }));
    expect(tcp.sent()).toEqual([". 1 1001 1000 0", ". 1 2001 0 0"]);
    // A probe: a byte that has no room.
    await tcp.send(segment(2001, 1, ACK, { payload: pattern(2000, 1) }));
    expect(tcp.sent()).toEqual([". 1 2001 0 0"]);
    const reader = connection.readable.getReader();
    expect((await reader.read()).value).toEqual(pattern(0, 2000));
    await tcp.clock.advance(0);
    expect(tcp.sent()).toEqual([". 1 2001 2000 0"]);
  });

  it("goes out in segments of the peer's MSS, within the peer's window", async () => {
    const connection = await tcp.establish({ options: { maxSegmentSize: 100, windowScale: undefined } });
    await tcp.send(segment(1, 1, ACK, { window: 250 }));
    const writer = connection.writable.getWriter();
    const written = writer.write(pattern(0, 400));
    await tcp.clock.advance(0);
    expect(tcp.sent()).toEqual([". 1 1 65535 100", ". 101 1 65535 100"]);
    await tcp.send(segment(1, 201, ACK, { window: 250 }));
    expect(tcp.sent()).toEqual([". 201 1 65535 100", "P. 301 1 65535 100"]);
    await written;
  });

  it("goes out whatever the MSS that the peer makes up", async () => {
    const connection = await tcp.establish({ options: { maxSegmentSize: 0, windowScale: undefined } });
    await connection.writable.getWriter().write(pattern(0, 100));
    await tcp.clock.advance(0);
    expect(tcp.sent()).toEqual([". 1 1 65535 64", "P. 65 1 65535 36"]);
  });

  it("is 536 bytes a segment to a peer that says nothing", async () => {
    const connection = await tcp.establish({
      options: { maxSegmentSize: undefined, windowScale: undefined },
    });
    await connection.writable.getWriter().write(pattern(0, 600));
    await tcp.clock.advance(0);
    expect(tcp.sent()).toEqual([". 1 1 65535 536", "P. 537 1 65535 64"]);
  });

  it("uses the window's scale, but not in the SYN", async () => {
    await tcp.send(segment(0, 0, SYN, { window: 10, options: { maxSegmentSize: 100, windowScale: 3 } }));
    await tcp.send(segment(1, 1, ACK, { window: 30 }));
    tcp.sent();
    await tcp.accepted[0]?.writable.getWriter().write(pattern(0, 1000));
    await tcp.clock.advance(0);
    // 30 << 3 = 240, and a piece below a segment waits while more is in flight.
    expect(tcp.sent()).toEqual([". 1 1 32768 100", ". 101 1 32768 100"]);
  });
});

describe("retransmission", () => {
  it("begins after a second, backs off, and gives up with a reset", async () => {
    const connection = await tcp.establish();
    await connection.writable.getWriter().write(pattern(0, 10));
    await tcp.clock.advance(0);
    expect(tcp.sent()).toEqual(["P. 1 1 65535 10"]);
    const times: number[] = [];
    const begin = tcp.clock.now();
    while (tcp.lan.figures().connections > 0) {
      await tcp.clock.advance(500);
      for (const line of tcp.sent()) {
        times.push(tcp.clock.now() - begin);
        expect(line).toMatch(/^(P\. 1 1 65535 10|R\. 11 1 0 0)$/);
      }
    }
    expect(times.slice(0, 6)).toEqual([1000, 3000, 7000, 15_000, 25_000, 35_000]);
    expect(times.at(-1)).toBe(125_000);
    expect(await connection.closed).toMatchObject({ code: "timeout" });
    expect(tcp.clock.timers).toBe(0);
  });

  it("goes back to what is missing, and skips what has arrived", async () => {
    const connection = await tcp.establish({ options: { maxSegmentSize: 100, windowScale: undefined } });
    await connection.writable.getWriter().write(pattern(0, 500));
    await tcp.clock.advance(0);
    expect(tcp.sent().length).toBe(5);
    await tcp.clock.advance(1000);
    expect(tcp.sent()).toEqual([". 1 1 65535 100"]);
    // The guest had the rest already.
    await tcp.send(segment(1, 501, ACK));
    expect(tcp.sent()).toEqual([]);
    expect(tcp.clock.timers).toBe(2);
  });

  it("does not take the acknowledgements of what comes meanwhile back with it", async () => {
    const connection = await tcp.establish({ options: { maxSegmentSize: 100, windowScale: undefined } });
    await connection.writable.getWriter().write(pattern(0, 500));
    await tcp.clock.advance(1000);
    expect(tcp.sent().length).toBe(6);
    // An old sequence number would make the guest drop the acknowledgement.
    await tcp.send(segment(1, 1, ACK, { payload: pattern(0, 10) }));
    expect(tcp.sent()).toEqual([". 501 11 65525 0"]);
  });

  it("is at once after three duplicate acknowledgements, and again for each further hole", async () => {
    const connection = await tcp.establish({ options: { maxSegmentSize: 100, windowScale: undefined } });
    await connection.writable.getWriter().write(pattern(0, 1000));
    await tcp.clock.advance(0);
    expect(tcp.sent().length).toBe(10);
    await tcp.send(segment(1, 101, ACK));
    const duplicate = segment(1, 101, ACK);
    await tcp.send(duplicate, duplicate);
    expect(tcp.sent()).toEqual([]);
    await tcp.send(duplicate);
    expect(tcp.sent()).toEqual([". 101 1 65535 100"]);
    await tcp.send(duplicate, duplicate);
    expect(tcp.sent()).toEqual([]);
    await tcp.send(segment(1, 401, ACK));
    expect(tcp.sent()).toEqual([". 401 1 65535 100"]);
    await tcp.send(segment(1, 1001, ACK));
    expect(tcp.sent()).toEqual([]);
  });

  it("does not take a change of the window for a duplicate", async () => {
    const connection = await tcp.establish({ options: { maxSegmentSize: 100, windowScale: undefined } });
    await connection.writable.getWriter().write(pattern(0, 1000));
    await tcp.clock.advance(0);
    tcp.sent();
    for (let window = 60_000; window < 60_010; window += 1) await tcp.send(segment(1, 1, ACK, { window }));
    expect(tcp.sent()).toEqual([]);
  });

  it("asks by ARP whether the guest's address is still where it was", async () => {
    const connection = await tcp.establish();
    await connection.writable.getWriter().write(pattern(0, 10));
    await tcp.clock.advance(0);
    tcp.guest.received.length = 0;
    await tcp.clock.advance(1000);
    const kinds = [tcp.guest.nextArp()?.operation, tcp.guest.nextTcp()?.payload.length];
    expect(kinds).toEqual(["request", 10]);
  });
});

describe("a closed window", () => {
  it("is probed for as long as the peer answers", async () => {
    const connection = await tcp.establish();
    await tcp.send(segment(1, 1, ACK, { window: 0 }));
    await connection.writable.getWriter().write(pattern(0, 10));
    await tcp.clock.advance(0);
    expect(tcp.sent()).toEqual([]);
    for (let minute = 0; minute < 20; minute += 1) {
      await tcp.clock.advance(60_000);
      const probes = tcp.sent();
      expect(probes.length).toBeGreaterThan(0);
      for (const probe of probes) expect(probe).toBe(". 0 1 65535 0");
      await tcp.send(segment(1, 1, ACK, { window: 0 }));
    }
    await tcp.send(segment(1, 1, ACK, { window: 5 }));
    await tcp.clock.advance(1000);
    await tcp.send(segment(1, 6, ACK, { window: 1000 }));
    expect(tcp.sent()).toEqual(
      ["P. 1 1 65535 5", "P. 6 1 65535 5"].map((line, index) => (index === 0 ? line.replace("P", "") : line)),
    );
  });

  it("is not probed forever when the peer is gone", async () => {
    const connection = await tcp.establish();
    await tcp.send(segment(1, 1, ACK, { window: 0 }));
    await connection.writable.getWriter().write(pattern(0, 10));
    await tcp.clock.advance(200_000);
    expect(await connection.closed).toMatchObject({ code: "timeout" });
    expect(tcp.sent().at(-1)).toBe("R. 1 1 0 0");
  });

  it("holds the FIN too", async () => {
    const connection = await tcp.establish();
    await tcp.send(segment(1, 1, ACK, { window: 0 }));
    const closing = connection.writable.close();
    await tcp.clock.advance(0);
    expect(tcp.sent()).toEqual([]);
    await tcp.send(segment(1, 1, ACK, { window: 100 }));
    expect(tcp.sent()).toEqual(["F. 1 1 65535 0"]);
    await tcp.send(segment(1, 2, ACK));
    await closing;
  });
});

describe("an idle connection", () => {
  it("is asked after two minutes whether it lives, and lives", async () => {
    await tcp.establish();
    await tcp.clock.advance(119_000);
    expect(tcp.sent()).toEqual([]);
    for (let round = 0; round < 10; round += 1) {
      await tcp.clock.advance(2000);
      expect(tcp.sent()).toEqual([". 0 1 65535 0"]);
      await tcp.send(segment(1, 1, ACK));
      await tcp.clock.advance(118_500);
      expect(tcp.sent()).toEqual([]);
    }
    expect(tcp.lan.figures().connections).toBe(1);
  });

  it("ends by timeout when nobody answers", async () => {
    const connection = await tcp.establish();
    await tcp.clock.advance(260_000);
    expect(await connection.closed).toMatchObject({ code: "timeout" });
    expect(tcp.clock.timers).toBe(0);
  });
});

describe("a guest without receive buffers", () => {
  it("gets each segment once, when it has some", async () => {
    const connection = await tcp.establish({ options: { maxSegmentSize: 100, windowScale: undefined } });
    tcp.guest.accepting = false;
    await connection.writable.getWriter().write(pattern(0, 250));
    await tcp.send(segment(1, 1, ACK, { payload: pattern(0, 5) }));
    expect(tcp.sent()).toEqual([]);
    tcp.guest.drain();
    await tcp.clock.advance(0);
    expect(tcp.sent()).toEqual([". 1 6 65530 100", ". 101 6 65530 100", "P. 201 6 65530 50"]);
  });
});
