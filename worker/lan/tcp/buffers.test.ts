/** Sequence arithmetic, the two buffers, the receiving half, and the estimates, each by itself. */
import { describe, expect, it } from "vitest";
import { findDifference, pattern, seededRandom } from "../testing/random";
import { VirtualClock } from "../testing/virtual-clock";
import { Congestion } from "./congestion";
import { ReceiveBuffer } from "./receive-buffer";
import { Receiver } from "./receiver";
import { RoundTrip } from "./round-trip";
import { SendBuffer } from "./send-buffer";
import { seqAdd, seqDiff, seqMax } from "./sequence";

const instantly = (): Promise<void> => Promise.resolve();

it("sequence numbers wrap", () => {
  expect(seqAdd(0xffffffff, 1)).toBe(0);
  expect(seqAdd(0, -1)).toBe(0xffffffff);
  expect(seqDiff(5, 0xfffffffb)).toBe(10);
  expect(seqDiff(0xfffffffb, 5)).toBe(-10);
  expect(seqDiff(0x80000000, 0x7fffffff)).toBe(1);
  expect(seqMax(3, 0xfffffff0)).toBe(3);
  expect(seqMax(0x10, 0x20)).toBe(0x20);
});

describe("the send buffer", () => {
  it("gives back any piece of what was written in any pieces", () => {
    const random = seededRandom(1);
    const buffer = new SendBuffer();
    let start = 0;
    let end = 0;
    for (let round = 0; round < 3000; round += 1) {
      if (random() < 0.5 && end - start < 200_000) {
        const length = Math.floor(random() * (random() < 0.7 ? 300 : 9000));
        const bytes = pattern(end, length);
        buffer.append(bytes);
        // Small chunks are copied, so that a writer may use its array again.
        if (length < 1024) bytes.fill(0);
        end += length;
      } else if (end > start) {
        const count = Math.floor(random() * Math.min(end - start, 5000));
        buffer.release(count);
        start += count;
      }
      expect(buffer.length).toBe(end - start);
      const offset = Math.floor(random() * (end - start));
      const length = Math.floor(random() * Math.min(3000, end - start - offset));
      const target = new Uint8Array(length + 2);
      buffer.copyTo(target, 1, offset, length);
      expect(findDifference(start + offset, target.subarray(1, length + 1))).toBe(-1);
      expect(target[0]).toBe(0);
      expect(target[length + 1]).toBe(0);
    }
  });

  it("throws for what it does not hold", () => {
    const buffer = new SendBuffer();
    buffer.append(pattern(0, 10));
    expect(() => buffer.copyTo(new Uint8Array(20), 0, 5, 6)).toThrow(RangeError);
    buffer.clear();
    expect(buffer.length).toBe(0);
  });
});

describe("the receive buffer", () => {
  it("gives chunks that are few and large for bulk, and never one that is empty", () => {
    const buffer = new ReceiveBuffer();
    for (let at = 0; at < 1_460_000; at += 1460) buffer.append(pattern(at, 1460));
    let position = 0;
    let chunks = 0;
    for (let chunk = buffer.take(); chunk !== undefined; chunk = buffer.take()) {
      expect(chunk.length).toBeGreaterThan(0);
      expect(findDifference(position, chunk)).toBe(-1);
      position += chunk.length;
      chunks += 1;
    }
    expect(position).toBe(1_460_000);
    expect(chunks).toBeLessThan(40);
    expect(buffer.length).toBe(0);
  });

  it("never writes into a chunk that it has given away", () => {
    const buffer = new ReceiveBuffer();
    buffer.append(pattern(0, 10));
    const first = buffer.take();
    buffer.append(pattern(10, 10));
    const second = buffer.take();
    expect(first?.buffer).not.toBe(second?.buffer);
    expect(first).toEqual(pattern(0, 10));
    expect(second).toEqual(pattern(10, 10));
  });

  it("keeps a million single bytes in about a million bytes", () => {
    const buffer = new ReceiveBuffer();
    for (let at = 0; at < 1_000_000; at += 1) buffer.append(pattern(at, 1));
    let held = 0;
    for (let chunk = buffer.take(); chunk !== undefined; chunk = buffer.take())
      held += chunk.buffer.byteLength;
    expect(held).toBeLessThan(1_200_000);
  });
});

describe("the receiving half", () => {
  const START = 0xfffff000;
  const begun = (capacity = 65536, scale = false): Receiver => {
    const receiver = new Receiver(capacity, 1460);
    receiver.start(seqAdd(START, -1));
    if (scale) receiver.scale = receiver.wantedScale;
    return receiver;
  };
  const read = (receiver: Receiver): number => {
    let position = 0;
    for (let chunk = receiver.buffer.take(); chunk !== undefined; chunk = receiver.buffer.take()) {
      expect(findDifference(position, chunk)).toBe(-1);
      position += chunk.length;
    }
    return position;
  };

  it("puts segments in order that come in any order, double and overlapping, over the wrap", () => {
    const random = seededRandom(3);
    for (let round = 0; round < 50; round += 1) {
      const receiver = begun();
      const total = 20_000;
      const pieces: [number, number][] = [];
      for (let at = 0; at < total;) {
        const length = Math.min(total - at, 1 + Math.floor(random() * 1460));
        pieces.push([at, length]);
        if (random() < 0.3) pieces.push([Math.max(0, at - 700), Math.min(length + 700, total - at)]);
        at += length;
      }
      pieces.sort(() => random() - 0.5);
      for (const [at, length] of pieces) {
        receiver.receive(seqAdd(START, at), pattern(at, length), at + length === total);
      }
      expect(receiver.finished).toBe(true);
      expect(receiver.next).toBe(seqAdd(START, total + 1));
      expect(read(receiver)).toBe(total);
    }
  });

  it("tells what came of a segment", () => {
    const receiver = begun();
    expect(receiver.receive(START, pattern(0, 10), false)).toBe("in-order");
    expect(receiver.receive(START, pattern(0, 10), false)).toBe("old");
    expect(receiver.receive(seqAdd(START, 20), pattern(20, 5), true)).toBe("early");
    expect(receiver.receive(seqAdd(START, 5), pattern(5, 15), false)).toBe("end");
    expect(read(receiver)).toBe(25);
  });

  it("offers what its buffer has room for, and never takes a promise back", () => {
    const receiver = begun(10_000);
    expect(receiver.synWindow).toBe(10_000);
    receiver.receive(START, pattern(0, 6000), false);
    expect(receiver.advertise()).toBe(4000);
    // What is past the window is cut off.
    receiver.receive(seqAdd(START, 6000), pattern(6000, 9000), true);
    expect(receiver.advertise()).toBe(0);
    expect(receiver.finished).toBe(false);
    expect(receiver.accepts(seqAdd(START, 10_000), 0)).toBe(true);
    expect(receiver.accepts(seqAdd(START, 10_001), 0)).toBe(false);
    expect(receiver.accepts(seqAdd(START, 9999), 0)).toBe(false);
    expect(receiver.shouldUpdate).toBe(false);
    expect(read(receiver)).toBe(10_000);
    expect(receiver.shouldUpdate).toBe(true);
    expect(receiver.advertise()).toBe(10_000);
    expect(receiver.shouldUpdate).toBe(false);
  });

  it("does not offer a window that is too small for a segment", () => {
    const receiver = new Receiver(32_768, 4000);
    receiver.start(seqAdd(START, -1));
    receiver.receive(START, pattern(0, 32_768), false);
    expect(receiver.advertise()).toBe(0);
    expect(receiver.buffer.take()?.length).toBe(2048);
    expect(receiver.advertise()).toBe(0);
    expect(receiver.buffer.take()?.length).toBe(4096);
    expect(receiver.advertise()).toBe(6144);
  });

  it("offers a megabyte only to a peer that scales", () => {
    expect(begun(1 << 20).advertise()).toBe(65535);
    const scaled = begun(1 << 20, true);
    expect(scaled.scale).toBe(5);
    expect(scaled.advertise() << 5).toBe(1 << 20);
    const unscaled = begun(1 << 20);
    unscaled.advertise();
    expect(unscaled.shouldUpdate).toBe(false);
  });

  it("rounds a scaled window up where rounding down would take bytes back", () => {
    const receiver = begun(1 << 20, true);
    let promised = receiver.advertise() << 5;
    for (let at = 0; at < 50_000; at += 7) {
      receiver.receive(seqAdd(START, at), new Uint8Array(7), false);
      promised -= 7;
      const window = receiver.advertise() << 5;
      expect(window).toBeGreaterThanOrEqual(promised);
      expect(window).toBeLessThan(promised + 32);
      promised = window;
    }
  });

  it("ignores what follows the peer's own end", () => {
    const receiver = begun();
    receiver.receive(seqAdd(START, 10), pattern(10, 5), true);
    expect(receiver.receive(START, pattern(0, 40), false)).toBe("end");
    expect(read(receiver)).toBe(15);
  });

  it("keeps a bounded number of early segments", () => {
    const receiver = begun();
    for (let at = 1; at < 20_000; at += 2) receiver.receive(seqAdd(START, at), pattern(at, 1), false);
    receiver.receive(START, pattern(0, 1), false);
    receiver.receive(seqAdd(START, 2), pattern(2, 1), false);
    for (let at = 4; at < 20_000; at += 2) receiver.receive(seqAdd(START, at), pattern(at, 1), false);
    // 1024 were kept: the rest must be sent again.
    expect(seqDiff(receiver.next, START)).toBe(2049);
    expect(read(receiver)).toBe(2049);
  });
});

describe("the retransmission timeout", () => {
  it("is a second at first, follows the round trips, and doubles", async () => {
    const clock = new VirtualClock(instantly);
    const roundTrip = new RoundTrip(clock);
    expect(roundTrip.timeout).toBe(1000);
    roundTrip.backOff();
    roundTrip.backOff();
    expect(roundTrip.timeout).toBe(4000);
    roundTrip.sent(100);
    await clock.advance(800);
    roundTrip.acknowledged(100);
    // RFC 6298 §2.2: R + 4 * R / 2.
    expect(roundTrip.timeout).toBe(2400);
    for (let round = 0; round < 50; round += 1) {
      roundTrip.sent(round);
      await clock.advance(2);
      roundTrip.acknowledged(round);
    }
    expect(roundTrip.timeout).toBe(1000);
    for (let round = 0; round < 30; round += 1) roundTrip.backOff();
    expect(roundTrip.timeout).toBe(10_000);
    roundTrip.settle();
    expect(roundTrip.timeout).toBe(1000);
  });

  it("takes no measure of what was sent twice", async () => {
    const clock = new VirtualClock(instantly);
    const roundTrip = new RoundTrip(clock);
    roundTrip.sent(100);
    roundTrip.ambiguous();
    await clock.advance(5000);
    roundTrip.acknowledged(100);
    expect(roundTrip.timeout).toBe(1000);
  });
});

describe("the congestion window", () => {
  const SEGMENT = 1000;

  it("begins at 256 KiB and grows by what is acknowledged", () => {
    const congestion = new Congestion();
    expect(congestion.window).toBe(262_144);
    congestion.acknowledged(10_000, 10_000, SEGMENT);
    expect(congestion.window).toBe(272_144);
  });

  it("halves at the third duplicate, fills holes one by one, and goes on from there", () => {
    const congestion = new Congestion();
    expect([1, 2, 3, 4].map(() => congestion.duplicate(100_000, 100_000, SEGMENT))).toEqual([
      false,
      false,
      true,
      false,
    ]);
    expect(congestion.window).toBe(54_000);
    // A partial acknowledgement: another hole.
    expect(congestion.acknowledged(20_000, 20_000, SEGMENT)).toBe(true);
    expect(congestion.acknowledged(80_000, 100_000, SEGMENT)).toBe(false);
    expect(congestion.window).toBe(50_000);
    congestion.acknowledged(50_000, 150_000, SEGMENT);
    expect(congestion.window).toBe(51_000);
  });

  it("is a whole number of bytes, however it is halved", () => {
    const congestion = new Congestion();
    for (let round = 0; round < 3; round += 1) congestion.duplicate(99_999, 99_999, SEGMENT);
    expect(congestion.window).toBe(49_999 + 3000);
    congestion.acknowledged(99_999, 99_999, SEGMENT);
    congestion.acknowledged(777, 100_776, SEGMENT);
    expect(Number.isInteger(congestion.window)).toBe(true);
  });

  it("lets a new segment out at each of the first two duplicates (RFC 3042)", () => {
    const congestion = new Congestion();
    congestion.duplicate(3000, 3000, SEGMENT);
    congestion.duplicate(3000, 3000, SEGMENT);
    expect(congestion.window).toBe(262_144 + 2000);
    congestion.acknowledged(1000, 1000, SEGMENT);
    expect(congestion.window).toBe(262_144 + 1000);
  });

  it("begins again with one segment after a timeout, and does not take old duplicates for loss", () => {
    const congestion = new Congestion();
    congestion.timedOut(100_000, 100_000, SEGMENT);
    expect(congestion.window).toBe(1000);
    expect([1, 2, 3, 4].map(() => congestion.duplicate(100_000, 100_000, SEGMENT))).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(congestion.acknowledged(1000, 1000, SEGMENT)).toBe(false);
    expect(congestion.window).toBe(2000);
    congestion.acknowledged(99_000, 100_000, SEGMENT);
    expect([1, 2, 3].map(() => congestion.duplicate(50_000, 150_000, SEGMENT))).toEqual([false, false, true]);
  });
});
