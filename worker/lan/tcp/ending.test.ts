/** How connections end, and what tries to end or confuse them (RFC 9293 §3.6, RFC 5961), segment by segment. */
import { beforeEach, describe, expect, it } from "vitest";
import { findDifference, pattern, seededRandom } from "../testing/random";
import { PORT, segment, SMALL, TcpScript } from "../testing/tcp-script";
import { ACK, FIN, RST, SYN } from "./segment";

let tcp: TcpScript;

beforeEach(() => {
  tcp = new TcpScript();
});

describe("a connection to the LAN of before", () => {
  const ours = { address: "10.0.2.2", port: 80 };
  const guests = { address: "10.0.2.15", port: PORT };

  it("is asked about, and what the guest answers is reset", async () => {
    await tcp.establish();
    tcp.plug({});
    tcp.sent();
    // The guest has said something to the new one already: it knows where it is.
    await tcp.send(segment(0, 0, SYN, { sourcePort: PORT + 1 }));
    tcp.sent();
    tcp.lan.ask(ours, guests);
    await tcp.clock.advance(0);
    const [asked = ""] = tcp.sent();
    expect(asked).toMatch(/^\. .* 0 0$/);
    await tcp.send(segment(1, 1, ACK));
    expect(tcp.sent()).toEqual(["R 1 - 0 0"]);
  });

  it("is no connection of the present one: that is left alone", async () => {
    await tcp.establish();
    tcp.lan.ask(ours, guests);
    await tcp.clock.advance(0);
    expect(tcp.sent()).toEqual([]);
    expect(() => tcp.lan.ask(ours, { ...guests, port: 0 })).toThrow();
  });
});

describe("the end", () => {
  it("in good order, by the guest first: FIN, ACK, FIN, ACK", async () => {
    const connection = await tcp.establish();
    await tcp.send(segment(1, 1, FIN | ACK));
    expect(tcp.sent()).toEqual([". 1 2 65534 0"]);
    expect(await connection.readable.getReader().read()).toEqual({ done: true, value: undefined });
    // The other half is still open.
    const writer = connection.writable.getWriter();
    await writer.write(pattern(0, 3));
    await tcp.clock.advance(0);
    expect(tcp.sent()).toEqual(["P. 1 2 65534 3"]);
    const closing = writer.close();
    await tcp.clock.advance(0);
    expect(tcp.sent()).toEqual(["F. 4 2 65534 0"]);
    await tcp.send(segment(2, 5, ACK));
    await closing;
    expect(await connection.closed).toBeUndefined();
    expect(tcp.lan.figures().connections).toBe(0);
    expect(tcp.clock.timers).toBe(0);
  });

  it("in good order, by us first, with TIME-WAIT", async () => {
    const connection = await tcp.establish();
    const closing = connection.writable.close();
    await tcp.clock.advance(0);
    expect(tcp.sent()).toEqual(["F. 1 1 65535 0"]);
    await tcp.send(segment(1, 2, ACK));
    await closing;
    await tcp.send(segment(1, 2, ACK, { payload: pattern(0, 4) }));
    await tcp.send(segment(5, 2, FIN | ACK));
    expect(tcp.sent()).toEqual([". 2 5 65531 0", ". 2 6 65530 0"]);
    expect(await connection.closed).toBeUndefined();
    expect(tcp.lan.figures().connections).toBe(1);
    // The guest did not get our last acknowledgement.
    await tcp.clock.advance(4900);
    await tcp.send(segment(5, 2, FIN | ACK));
    expect(tcp.sent()).toEqual([". 2 6 65530 0"]);
    await tcp.clock.advance(4900);
    expect(tcp.lan.figures().connections).toBe(1);
    await tcp.clock.advance(100);
    expect(tcp.lan.figures().connections).toBe(0);
    expect(tcp.clock.timers).toBe(0);
    const reader = connection.readable.getReader();
    expect((await reader.read()).value).toEqual(pattern(0, 4));
    expect((await reader.read()).done).toBe(true);
  });

  it("by both at once (RFC 9293 §3.6, figure 13)", async () => {
    const connection = await tcp.establish();
    const closing = connection.writable.close();
    await tcp.clock.advance(0);
    await tcp.send(segment(1, 1, FIN | ACK));
    expect(tcp.sent()).toEqual(["F. 1 1 65535 0", ". 2 2 65534 0"]);
    await tcp.send(segment(2, 2, ACK));
    await closing;
    expect(await connection.closed).toBeUndefined();
    await tcp.clock.advance(5000);
    expect(tcp.lan.figures().connections).toBe(0);
  });

  it("with a reset instead of the last acknowledgement is good, unless data was on the way", async () => {
    const connection = await tcp.establish();
    await tcp.send(segment(1, 1, FIN | ACK));
    const closing = connection.writable.close();
    await tcp.clock.advance(0);
    await tcp.send(segment(2, 1, RST));
    await closing;
    expect(await connection.closed).toBeUndefined();

    tcp.plug({});
    const other = await tcp.establish();
    await tcp.send(segment(1, 1, FIN | ACK));
    const writer = other.writable.getWriter();
    await writer.write(pattern(0, 5));
    const failing = writer.close();
    failing.catch(() => undefined);
    await tcp.clock.advance(0);
    await tcp.send(segment(2, 1, RST));
    await expect(failing).rejects.toMatchObject({ code: "reset" });
    expect(tcp.clock.timers).toBe(0);
  });

  it("with FIN and its acknowledgement in one segment", async () => {
    const connection = await tcp.establish();
    const closing = connection.writable.close();
    await tcp.clock.advance(0);
    await tcp.send(segment(1, 2, FIN | ACK, { payload: pattern(0, 2) }));
    expect(tcp.sent()).toEqual(["F. 1 1 65535 0", ". 2 4 65532 0"]);
    await closing;
    expect(await connection.closed).toBeUndefined();
  });

  it("sends the FIN again when it is lost", async () => {
    const connection = await tcp.establish();
    const closing = connection.writable.close();
    await tcp.clock.advance(1000);
    expect(tcp.sent()).toEqual(["F. 1 1 65535 0", "F. 1 1 65535 0"]);
    await tcp.send(segment(1, 2, ACK));
    await closing;
  });

  it("is not believed before what comes first has arrived", async () => {
    const connection = await tcp.establish();
    await tcp.send(segment(5, 1, FIN | ACK));
    expect(tcp.sent()).toEqual([". 1 1 65535 0"]);
    await tcp.send(segment(1, 1, ACK, { payload: pattern(0, 4) }));
    expect(tcp.sent()).toEqual([". 1 6 65530 0"]);
    const reader = connection.readable.getReader();
    expect((await reader.read()).value).toEqual(pattern(0, 4));
    expect((await reader.read()).done).toBe(true);
  });

  it("of a reader who cancels drops what comes, until the peer had its time", async () => {
    const connection = await tcp.establish();
    await connection.readable.cancel();
    const closing = connection.writable.close();
    await tcp.send(segment(1, 1, ACK, { payload: pattern(0, 1000) }));
    await tcp.send(segment(1001, 2, ACK));
    await closing;
    await tcp.send(segment(1001, 2, ACK, { payload: pattern(0, 1000) }));
    expect(tcp.sent()).toEqual(["F. 1 1001 64535 0", ". 2 2001 65535 0"]);
    await tcp.clock.advance(30_000);
    expect(tcp.sent()).toEqual(["R. 2 2001 0 0"]);
    expect(tcp.lan.figures().connections).toBe(0);
    expect(tcp.clock.timers).toBe(0);
  });

  it("lets the guest use the port again before TIME-WAIT is over", async () => {
    const connection = await tcp.establish();
    const closing = connection.writable.close();
    await tcp.clock.advance(0);
    await tcp.send(segment(1, 2, FIN | ACK));
    await closing;
    tcp.sent();
    await tcp.send(segment(50_000, 0, SYN));
    expect(tcp.sent()).toEqual(["S. 0 50001 65535 0"]);
    await tcp.send(segment(50_001, 1, ACK));
    expect(tcp.accepted.length).toBe(2);
    expect(tcp.lan.figures().connections).toBe(1);
  });
});

describe("a reset", () => {
  it("at exactly the next byte ends the connection, after what was received", async () => {
    const connection = await tcp.establish();
    await tcp.send(segment(1, 1, ACK, { payload: pattern(0, 10) }));
    await tcp.send(segment(11, 1, RST));
    expect(await connection.closed).toMatchObject({ code: "reset" });
    const reader = connection.readable.getReader();
    expect((await reader.read()).value).toEqual(pattern(0, 10));
    await expect(reader.read()).rejects.toMatchObject({ code: "reset" });
    await expect(connection.writable.getWriter().write(pattern(0, 1))).rejects.toMatchObject({
      code: "reset",
    });
    expect(tcp.lan.figures().connections).toBe(0);
    expect(tcp.clock.timers).toBe(0);
  });

  it("elsewhere in the window is challenged, and outside it is nothing (RFC 5961 §3.2)", async () => {
    await tcp.establish();
    await tcp.send(segment(100, 1, RST));
    expect(tcp.sent()).toEqual([". 1 1 65535 0"]);
    await tcp.send(segment(70_000, 1, RST), segment(-5, 1, RST));
    expect(tcp.sent()).toEqual([]);
    expect(tcp.lan.figures().connections).toBe(1);
  });

  it("fails a reader and a writer who wait", async () => {
    tcp.plug(SMALL);
    const connection = await tcp.establish();
    const reading = connection.readable.getReader().read();
    const writer = connection.writable.getWriter();
    const writing = writer.write(pattern(0, 100_000));
    const outcomes = Promise.allSettled([reading, writing, writer.closed]);
    await tcp.clock.advance(0);
    await tcp.send(segment(1, 1, RST));
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "reset" } });
    }
  });

  it("is what abort() sends, and both streams fail", async () => {
    const connection = await tcp.establish();
    await tcp.send(segment(1, 1, ACK, { payload: pattern(0, 10) }));
    tcp.sent();
    connection.abort();
    expect(tcp.sent()).toEqual(["R. 1 11 0 0"]);
    await expect(connection.readable.getReader().read()).rejects.toMatchObject({ code: "aborted" });
    await expect(connection.writable.getWriter().write(pattern(0, 1))).rejects.toMatchObject({
      code: "aborted",
    });
    expect(await connection.closed).toMatchObject({ code: "aborted" });
    await tcp.send(segment(11, 1, ACK, { payload: pattern(0, 1) }));
    expect(tcp.sent()).toEqual(["R 1 - 0 0"]);
    expect(tcp.clock.timers).toBe(0);
  });

  it("is what aborting the writable sends, even while a write waits", async () => {
    tcp.plug(SMALL);
    const connection = await tcp.establish();
    const writer = connection.writable.getWriter();
    const writing = writer.write(pattern(0, 100_000));
    await tcp.clock.advance(0);
    tcp.sent();
    const [, outcome] = await Promise.allSettled([writer.abort(new Error("enough")), writing]);
    expect(outcome.status).toBe("rejected");
    expect(tcp.sent().at(-1)).toMatch(/^R\. /);
    expect(await connection.closed).toMatchObject({ code: "aborted" });
  });

  it("follows a write of what is not bytes", async () => {
    const connection = await tcp.establish();
    const writer: WritableStreamDefaultWriter<unknown> = connection.writable.getWriter();
    await expect(writer.write("text")).rejects.toThrow(TypeError);
    expect(tcp.sent()).toEqual(["R. 1 1 0 0"]);
  });
});

describe("attacks and accidents", () => {
  it("a SYN into a connection is challenged (RFC 5961 §4.2)", async () => {
    await tcp.establish();
    await tcp.send(segment(0, 0, SYN));
    expect(tcp.sent()).toEqual([". 1 1 65535 0"]);
    await tcp.clock.advance(1000);
    await tcp.send(segment(500, 0, SYN));
    expect(tcp.sent()).toEqual([". 1 1 65535 0"]);
    expect(tcp.lan.figures().connections).toBe(1);
  });

  it("an acknowledgement of what was never sent, or long ago, is challenged (RFC 5961 §5.2)", async () => {
    await tcp.establish();
    await tcp.send(segment(1, 2, ACK));
    expect(tcp.sent()).toEqual([". 1 1 65535 0"]);
    await tcp.clock.advance(1000);
    await tcp.send(segment(1, -70_000, ACK));
    expect(tcp.sent()).toEqual([". 1 1 65535 0"]);
  });

  it("two ends that are confused do not play ping-pong", async () => {
    await tcp.establish();
    for (let round = 0; round < 1000; round += 1) await tcp.send(segment(1, 99, ACK));
    expect(tcp.sent().length).toBe(1);
  });

  it("random segments to an open connection never throw, and never change what was received", async () => {
    const random = seededRandom(5);
    const connection = await tcp.establish();
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
      await tcp.send(
        segment(near, Math.floor((random() - 0.5) * 10), flags, {
          payload,
          window: Math.floor(random() * 65536),
        }),
      );
      tcp.guest.received.length = 0;
    }
    tcp.lan.close();
    await reading;
    let position = 0;
    for (const chunk of received) {
      expect(findDifference(position, chunk)).toBe(-1);
      position += chunk.length;
    }
    expect(tcp.clock.timers).toBe(0);
  });

  it("a flood of SYNs fills a table of bounded size, which empties again", async () => {
    tcp.plug({ tcp: { maxConnections: 100 } });
    for (let port = 1; port <= 1000; port += 1) tcp.guest.sendTcp(segment(0, 0, SYN, { sourcePort: port }));
    await tcp.clock.advance(0);
    expect(tcp.lan.figures().connections).toBe(100);
    const answers = tcp.sent();
    expect(answers.filter((line) => line.startsWith("S.")).length).toBe(100);
    expect(answers.filter((line) => line.startsWith("R.")).length).toBe(900);
    await tcp.clock.advance(120_000);
    expect(tcp.lan.figures().connections).toBe(0);
    expect(tcp.clock.timers).toBe(0);
  });
});
