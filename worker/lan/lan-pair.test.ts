/** Two endpoints of ours, in virtual time: what they promise to their users. */
import { describe, expect, it } from "vitest";
import { concatBytes } from "../bytes";
import { readU16 } from "./bytes";
import type { EthernetPort } from "./ethernet";
import { createLan } from "./lan";
import { PausableClock } from "./pausable-clock";
import type { Connection } from "./tcp/streams";
import { createPair, type Pair, type PairOptions, readPattern, sendPattern } from "./testing/pair";
import { findDifference, hex, pattern } from "./testing/random";
import { VirtualClock } from "./testing/virtual-clock";
import { createWire } from "./testing/wire";

const MINUTES = 60_000;
const MIB = 1024 * 1024;

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function setUp(options: Partial<PairOptions> = {}): { clock: VirtualClock; pair: Pair } {
  const clock = new VirtualClock(settle);
  return { clock, pair: createPair({ clock, ...options }) };
}

/** Nothing is left: no connection, no timer, no one on the wire. */
async function expectNothingLeft(clock: VirtualClock, pair: Pair): Promise<void> {
  await clock.advance(10_000);
  expect(pair.host.figures().connections).toBe(0);
  expect(pair.guest.figures().connections).toBe(0);
  expect(clock.timers).toBe(0);
}

/** Answers with what comes, until it ends. */
function echo(connection: Connection): void {
  connection.readable.pipeTo(connection.writable).catch(() => undefined);
}

async function readAll(connection: Connection): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const reader = connection.readable.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return concatBytes(chunks);
    chunks.push(value);
  }
}

describe("a connection between two endpoints", () => {
  it.each([
    ["from the guest", "guest", "host", "10.0.2.3"],
    ["into the guest", "host", "guest", "10.0.2.15"],
  ] as const)("%s carries bytes both ways, and both halves end", async (_, from, to, address) => {
    const { clock, pair } = setUp();
    pair[to].listen({ port: 7 }, echo);
    const connection = await clock.wait(pair[from].connect({ address, port: 7 }), MINUTES);
    expect(connection.remote).toEqual({ address, port: 7 });
    const sending = sendPattern(connection, 0, 300_000, () => 10_000);
    const outcome = await clock.wait(readPattern(connection, 0), MINUTES);
    expect(outcome).toEqual({ length: 300_000, difference: -1 });
    await clock.wait(sending, MINUTES);
    expect(await clock.wait(connection.closed, MINUTES)).toBeUndefined();
    await expectNothingLeft(clock, pair);
  });

  it.each([
    ["the smallest MTU", { mtu: 576 }],
    ["the usual MTU", { mtu: 1500 }],
    ["a jumbo MTU", { mtu: 9000 }],
    ["the largest MTU", { mtu: 65535 }],
    ["buffers below a segment", { tcp: { receiveBytes: 700, sendBytes: 300 } }],
    ["buffers of one byte", { tcp: { receiveBytes: 1, sendBytes: 1 } }],
    ["sequence numbers that wrap in the middle", { initialSequence: () => 0xffffff00 }],
    ["sequence numbers that begin at zero", { initialSequence: () => 0 }],
    ["sequence numbers at the sign", { initialSequence: () => 0x7fffffff }],
  ])("works with %s", async (_, both) => {
    const { clock, pair } = setUp({ both });
    const length = "tcp" in both && both.tcp.receiveBytes === 1 ? 50 : 70_000;
    pair.host.listen({ port: 7 }, echo);
    const connection = await clock.wait(pair.guest.connect({ address: "10.0.2.2", port: 7 }), MINUTES);
    const sending = sendPattern(connection, 0, length, () => 5000);
    const outcome = await clock.wait(readPattern(connection, 0), 60 * MINUTES);
    expect(outcome).toEqual({ length, difference: -1 });
    await clock.wait(sending, MINUTES);
    await expectNothingLeft(clock, pair);
  });

  it("closes its writable when the other side has everything", async () => {
    const { clock, pair } = setUp({ delayMs: 100 });
    pair.host.listen({ port: 7 }, () => undefined);
    const connection = await clock.wait(pair.guest.connect({ address: "10.0.2.2", port: 7 }), MINUTES);
    const begin = clock.now();
    const writer = connection.writable.getWriter();
    await writer.write(pattern(0, 10));
    await clock.wait(writer.close(), MINUTES);
    // There and back.
    expect(clock.now() - begin).toBe(200);
    pair.close();
  });

  it("is refused where nobody listens, and gives its error by name", async () => {
    const { clock, pair } = setUp();
    const refused = pair.guest.connect({ address: "10.0.2.2", port: 9 });
    await expect(clock.wait(refused, MINUTES)).rejects.toMatchObject({ name: "LanError", code: "refused" });
    const nobody = pair.guest.connect({ address: "10.0.2.99", port: 9 });
    await expect(clock.wait(nobody, MINUTES)).rejects.toMatchObject({ code: "unreachable" });
    await expectNothingLeft(clock, pair);
  });

  it("that one side aborts is reset at the other", async () => {
    const { clock, pair } = setUp();
    const accepted = new Promise<Connection>((resolve) => pair.host.listen({ port: 7 }, resolve));
    const connection = await clock.wait(pair.guest.connect({ address: "10.0.2.2", port: 7 }), MINUTES);
    const other = await clock.wait(accepted, MINUTES);
    connection.abort();
    expect(await clock.wait(other.closed, MINUTES)).toMatchObject({ code: "reset" });
    expect(await connection.closed).toMatchObject({ code: "aborted" });
    await expectNothingLeft(clock, pair);
  });

  it("that loses its peer ends by timeout, whatever it was doing", async () => {
    const { clock, pair } = setUp();
    pair.host.listen({ port: 7 }, () => undefined);
    const open = (): Promise<Connection> =>
      clock.wait(pair.guest.connect({ address: "10.0.2.2", port: 7 }), MINUTES);
    const [idle, writing, closing] = [await open(), await open(), await open()];
    // The host goes away without a word.
    pair.wire.cut();
    pair.host.close();
    void writing.writable.getWriter().write(pattern(0, 10));
    closing.writable.close().catch(() => undefined);
    for (const connection of [idle, writing, closing]) {
      expect(await clock.wait(connection.closed, 10 * MINUTES)).toMatchObject({ code: "timeout" });
    }
    await expectNothingLeft(clock, pair);
  });

  it("lives through an hour's pause of both ends", async () => {
    const real = new VirtualClock(settle);
    const clock = new PausableClock(real);
    const pair = createPair({ clock });
    const wait = <T>(promise: Promise<T>): Promise<T> => real.wait(promise, 120 * MINUTES);
    pair.host.listen({ port: 7 }, (connection) => {
      sendPattern(connection, 0, 3_000_000, () => 50_000).catch(() => undefined);
    });
    const connection = await wait(pair.guest.connect({ address: "10.0.2.2", port: 7 }));
    const reading = readPattern(connection, 0);
    await real.advance(3);
    clock.pause();
    await real.advance(60 * MINUTES);
    clock.resume();
    expect(await wait(reading)).toEqual({ length: 3_000_000, difference: -1 });
    pair.close();
    await real.advance(10);
    expect(real.timers).toBe(0);
  });

  it("can be transferred chunk by chunk: no chunk shares its memory with another", async () => {
    const { clock, pair } = setUp();
    pair.host.listen({ port: 7 }, (connection) => {
      sendPattern(connection, 0, 200_000, () => 1000).catch(() => undefined);
    });
    const connection = await clock.wait(pair.guest.connect({ address: "10.0.2.2", port: 7 }), MINUTES);
    const received = (async () => {
      const chunks: Uint8Array[] = [];
      const reader = connection.readable.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return concatBytes(chunks);
        chunks.push(structuredClone(value, { transfer: [value.buffer] }));
      }
    })();
    const whole = await clock.wait(received, MINUTES);
    expect([whole.length, findDifference(0, whole)]).toEqual([200_000, -1]);
    pair.close();
  });
});

describe("back-pressure", () => {
  it(
    "16 MiB to a reader that sleeps ten seconds in the middle arrive whole",
    { timeout: 60_000 },
    async () => {
      const { clock, pair } = setUp();
      const length = 16 * MIB;
      pair.host.listen({ port: 80 }, (connection) => {
        sendPattern(connection, 0, length, () => 65_536).catch(() => undefined);
      });
      const connection = await clock.wait(pair.guest.connect({ address: "10.0.2.2", port: 80 }), MINUTES);
      let slept = false;
      const begin = clock.now();
      const outcome = await clock.wait(
        readPattern(connection, 0, undefined, (read) => {
          if (slept || read < length / 2) return Promise.resolve();
          slept = true;
          return new Promise((resolve) => clock.setTimer(10_000, resolve));
        }),
        MINUTES,
      );
      expect(outcome).toEqual({ length, difference: -1 });
      expect(slept).toBe(true);
      // It goes on as soon as the reader wakes: the window's opening was told, not found by a probe.
      expect(clock.now() - begin).toBeLessThan(11_000);
      await clock.wait(connection.writable.close(), MINUTES);
      await expectNothingLeft(clock, pair);
    },
  );

  it("holds a writer whose reader does not read, at a bounded number of bytes", async () => {
    const { clock, pair } = setUp();
    let written = 0;
    pair.host.listen({ port: 80 }, (connection) => {
      void (async () => {
        const writer = connection.writable.getWriter();
        for (;;) {
          await writer.write(pattern(written, 10_000));
          written += 10_000;
        }
      })().catch(() => undefined);
    });
    const connection = await clock.wait(pair.guest.connect({ address: "10.0.2.2", port: 80 }), MINUTES);
    await clock.advance(10 * MINUTES);
    // The receive window and the send buffer, and not much more.
    expect(written).toBeGreaterThan(1.4 * MIB);
    expect(written).toBeLessThan(1.6 * MIB);
    // Half an hour later it still lives.
    const reader = connection.readable.getReader();
    expect((await clock.wait(reader.read(), MINUTES)).value?.length).toBeGreaterThan(0);
    pair.close();
  });

  it("of a port that takes eight frames at a time loses nothing and sends nothing twice", async () => {
    const clock = new VirtualClock(settle);
    const wire = createWire({ clock, delayMs: 1 });
    const [end, guestEnd] = wire.ends;
    let refused = 0;
    const port: EthernetPort = {
      onFrame: (listener) => end.onFrame(listener),
      send: (frame) => {
        if (wire.inFlight() >= 8) refused += 1;
        return wire.inFlight() < 8 && end.send(frame);
      },
    };
    const host = createLan({ port, clock, addresses: ["10.0.2.2"] });
    const guest = createLan({ port: guestEnd, clock, addresses: ["10.0.2.15"], mac: "52:54:00:12:34:56" });
    host.listen({ port: 80 }, (connection) => {
      sendPattern(connection, 0, 500_000, () => 50_000).catch(() => undefined);
    });
    const open = (): Promise<Connection> =>
      clock.wait(guest.connect({ address: "10.0.2.2", port: 80 }), MINUTES);
    const connections = [await open(), await open(), await open()];
    const reading = Promise.all(connections.map((connection) => readPattern(connection, 0)));
    for (const outcome of await clock.wait(reading, MINUTES)) {
      expect(outcome).toEqual({ length: 500_000, difference: -1 });
    }
    expect(refused).toBeGreaterThan(100);
    // 343 segments each, three handshakes, some acknowledgements: a retransmission would be hundreds.
    expect(host.figures().framesSent).toBeLessThan(3 * 343 + 20);
    host.close();
    guest.close();
  });

  it("wakes a stopped sender even when the news of the open window is lost", async () => {
    const { clock, pair } = setUp({ both: { tcp: { receiveBytes: 10_000 } } });
    pair.host.listen({ port: 80 }, (connection) => {
      sendPattern(connection, 0, 50_000, () => 5000).catch(() => undefined);
    });
    const connection = await clock.wait(pair.guest.connect({ address: "10.0.2.2", port: 80 }), MINUTES);
    await clock.advance(5000);
    pair.wire.cut();
    const outcome = { length: 0, difference: -1 };
    const reading = readPattern(connection, 0, outcome);
    await clock.advance(100);
    expect(outcome.length).toBe(10_000);
    pair.wire.mend();
    expect(await clock.wait(reading, MINUTES)).toEqual({ length: 50_000, difference: -1 });
    pair.close();
  });
});

describe("many connections", () => {
  it("200 at once, each with its own bytes both ways", { timeout: 60_000 }, async () => {
    const { clock, pair } = setUp();
    pair.host.listen({ port: 7 }, echo);
    pair.guest.listen({ port: 7 }, echo);
    const opening = Array.from({ length: 200 }, (_, index) =>
      index % 2 === 0
        ? pair.guest.connect({ address: "10.0.2.2", port: 7 })
        : pair.host.connect({ address: "10.0.2.15", port: 7 }),
    );
    const connections = await clock.wait(Promise.all(opening), MINUTES);
    expect(pair.host.figures().connections).toBe(200);
    const talk = async (connection: Connection, index: number): Promise<void> => {
      const start = index * 1_000_003;
      const sending = sendPattern(connection, start, 50_000, () => 7000);
      expect(await readPattern(connection, start)).toEqual({ length: 50_000, difference: -1 });
      await sending;
    };
    await clock.wait(Promise.all(connections.map(talk)), MINUTES);
    await expectNothingLeft(clock, pair);
  });

  it("20,000 one after another, and nothing leaks", { timeout: 300_000 }, async () => {
    const { clock, pair } = setUp({ delayMs: 0.1 });
    pair.host.listen({ port: 7 }, echo);
    let most = 0;
    let mostTimers = 0;
    const talk = async (): Promise<void> => {
      for (let index = 0; index < 20_000; index += 1) {
        const connection = await pair.guest.connect({ address: "10.0.2.2", port: 7 });
        const writer = connection.writable.getWriter();
        await writer.write(pattern(index, 10));
        const closing = writer.close();
        const answer = await readAll(connection);
        if (answer.length !== 10 || answer[0] !== pattern(index, 1)[0])
          throw new Error(`connection ${index}`);
        await closing;
        if (index % 1000 === 0) {
          most = Math.max(most, pair.guest.figures().connections);
          mostTimers = Math.max(mostTimers, clock.timers);
        }
      }
    };
    await clock.wait(talk(), 600 * MINUTES);
    // Of those that linger, the oldest make room.
    expect(most).toBeLessThanOrEqual(4096);
    expect(mostTimers).toBeLessThan(2 * most + 10);
    await expectNothingLeft(clock, pair);
  });
});

describe("services over two endpoints", () => {
  it("DNS over TCP: questions in pieces and several at once", async () => {
    const { clock, pair } = setUp({ host: { dns: { names: new Map([["a.b", ["10.0.2.3"]]]) } } });
    const connection = await clock.wait(pair.guest.connect({ address: "10.0.2.2", port: 53 }), MINUTES);
    const question = hex("0015 1234 0100 0001 0000 0000 0000 0161 0162 00 0001 0001");
    const broken = hex("000e 5678 0100 0001 0000 0000 0000 0161");
    const writer = connection.writable.getWriter();
    await writer.write(question.subarray(0, 1));
    await clock.advance(10);
    await writer.write(concatBytes([question.subarray(1), question, broken, question.subarray(0, 9)]));
    const closing = writer.close();
    const answers = await clock.wait(readAll(connection), MINUTES);
    await clock.wait(closing, MINUTES);
    const good =
      "0025 1234 8580 0001 0001 0000 0000 0161 0162 00 0001 0001 c00c 0001 0001 0000003c 0004 0a000203";
    expect(answers).toEqual(concatBytes([hex(good), hex(good), hex("000c 5678 8181 0000 0000 0000 0000")]));
    await expectNothingLeft(clock, pair);
  });

  it("DNS over TCP ends a connection that speaks something else", async () => {
    const { clock, pair } = setUp({ host: { dns: { names: new Map() } } });
    const connection = await clock.wait(pair.guest.connect({ address: "10.0.2.2", port: 53 }), MINUTES);
    await connection.writable.getWriter().write(hex("0003 414243"));
    expect(await clock.wait(connection.closed, MINUTES)).toMatchObject({ code: "reset" });
    await expectNothingLeft(clock, pair);
  });

  it("a name's UDP answer that does not fit is had by TCP", async () => {
    const many = Array.from({ length: 60 }, (_, index) => `10.1.0.${index}`);
    const { clock, pair } = setUp({ host: { dns: { names: new Map([["a.b", many]]) } } });
    const question = hex("1234 0100 0001 0000 0000 0000 0161 0162 00 0001 0001");
    const answer = new Promise<Uint8Array>((resolve) => {
      const socket = pair.guest.listenUdp({ port: 5353 }, ({ payload }) => resolve(payload));
      socket.send({ address: "10.0.2.2", port: 53 }, question);
    });
    expect(readU16(await clock.wait(answer, MINUTES), 2)).toBe(0x8780);
    const connection = await clock.wait(pair.guest.connect({ address: "10.0.2.2", port: 53 }), MINUTES);
    const writer = connection.writable.getWriter();
    await writer.write(concatBytes([hex("0015"), question]));
    void writer.close();
    const whole = await clock.wait(readAll(connection), MINUTES);
    expect([readU16(whole, 4), readU16(whole, 8), whole.length]).toEqual([0x8580, 60, 2 + 21 + 60 * 16]);
    pair.close();
  });

  it("a relay's connection to the outer world", async () => {
    const { clock, pair } = setUp({
      host: { foreign: { admit: ({ port }) => port === 443, onConnection: echo } },
    });
    const connection = await clock.wait(pair.guest.connect({ address: "192.0.2.1", port: 443 }), MINUTES);
    const sending = sendPattern(connection, 9, 100_000, () => 100_000);
    expect(await clock.wait(readPattern(connection, 9), MINUTES)).toEqual({
      length: 100_000,
      difference: -1,
    });
    await sending;
    const refused = pair.guest.connect({ address: "192.0.2.1", port: 25 });
    await expect(clock.wait(refused, MINUTES)).rejects.toMatchObject({ code: "refused" });
    await expectNothingLeft(clock, pair);
  });
});
