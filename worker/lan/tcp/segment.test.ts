import { describe, expect, it } from "vitest";
import { parseIpv4 } from "../address";
import { hex, pattern } from "../testing/random";
import { ACK, encodeSegment, FIN, parseSegment, PSH, RST, type Segment, segmentLength, SYN } from "./segment";

const GUEST = parseIpv4("10.0.2.15");
const GATEWAY = parseIpv4("10.0.2.2");

/** The checksum by the definition, with the pseudo-header put in front. */
function withChecksum(text: string): Uint8Array<ArrayBuffer> {
  const segment = hex(text);
  const length = segment.length.toString(16).padStart(4, "0");
  const whole = [...hex(`0a00020f 0a000202 0006 ${length}`), ...segment];
  let sum = 0;
  for (let at = 0; at < whole.length; at += 2) sum += ((whole[at] ?? 0) << 8) + (whole[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  segment[16] = (~sum >>> 8) & 255;
  segment[17] = ~sum & 255;
  return segment;
}

/** As Linux sends it: MSS 1460, SACK permitted, timestamps, no-operation, window scale 7. */
const syn = withChecksum(
  `9c40 0050 01020304 00000000 a002 faf0 0000 0000
   020405b4 0402 080a 11223344 00000000 01 030307`,
);

const data: Segment = {
  sourcePort: 40000,
  destinationPort: 80,
  seq: 0xfffffff0,
  ack: 0x80000000,
  flags: ACK | PSH,
  window: 65535,
  options: undefined,
  payload: hex("474554"),
};

describe("TCP segments", () => {
  it("are read with a SYN's options", () => {
    expect(parseSegment(syn, GUEST, GATEWAY)).toEqual({
      sourcePort: 40000,
      destinationPort: 80,
      seq: 0x01020304,
      ack: 0,
      flags: SYN,
      window: 64240,
      options: { maxSegmentSize: 1460, windowScale: 7 },
      payload: new Uint8Array(),
    });
  });

  it("are written byte for byte", () => {
    const expected = withChecksum("9c40 0050 fffffff0 80000000 5018 ffff 0000 0000 474554");
    expect(encodeSegment(data, GUEST, GATEWAY)).toEqual(expected);
    expect(parseSegment(expected, GUEST, GATEWAY)).toEqual(data);
  });

  it.each([
    [{ maxSegmentSize: 1460, windowScale: 5 }, "7002", "020405b4 01030305"],
    [{ maxSegmentSize: 536, windowScale: undefined }, "6002", "02040218"],
    [{ maxSegmentSize: undefined, windowScale: 0 }, "6002", "01030300"],
    [{ maxSegmentSize: undefined, windowScale: undefined }, "5002", ""],
  ])("are written with the options %j", (options, flags, text) => {
    const segment = { ...data, ack: 0, flags: SYN, options, payload: new Uint8Array() };
    const bytes = encodeSegment(segment, GUEST, GATEWAY);
    expect(bytes).toEqual(withChecksum(`9c40 0050 fffffff0 00000000 ${flags} ffff 0000 0000 ${text}`));
    expect(parseSegment(bytes, GUEST, GATEWAY)).toEqual(segment);
  });

  it.each([
    ["ends at the end mark", "00 020405", undefined, undefined],
    ["skips what it does not know", "fe04 0000 03030e 01", undefined, 14],
    ["takes a scale above 14 for 14", "0303ff 01", undefined, 14],
    ["ignores an MSS of the wrong length", "0203 05 01", undefined, undefined],
    ["stops at an option that is too long", "0208 05b4", undefined, undefined],
    ["stops at a length of zero", "0200 05b4", undefined, undefined],
    ["stops at a length of one", "0301 0707", undefined, undefined],
    ["stops at a kind without a length", "010101 02", undefined, undefined],
  ])("with options that a peer made up: %s", (_, text, maxSegmentSize, windowScale) => {
    const words = hex(text).length / 4;
    const bytes = withChecksum(
      `9c40 0050 00000001 00000000 ${(5 + words).toString(16)}002 ffff 0000 0000 ${text}`,
    );
    expect(parseSegment(bytes, GUEST, GATEWAY)?.options).toEqual({ maxSegmentSize, windowScale });
  });

  it("skip the options of a segment without SYN", () => {
    const bytes = withChecksum(
      "9c40 0050 00000001 00000002 8010 ffff 0000 0000 0101080a 11223344 55667788 61",
    );
    const segment = parseSegment(bytes, GUEST, GATEWAY);
    expect(segment?.options).toBeUndefined();
    expect(segment?.payload).toEqual(hex("61"));
  });

  it("take as much sequence space as RFC 9293 §3.4 says", () => {
    const length = (flags: number, payload: number): number =>
      segmentLength({ ...data, flags, payload: pattern(0, payload) });
    expect([
      length(ACK, 0),
      length(ACK, 3),
      length(SYN, 0),
      length(FIN | ACK, 2),
      length(SYN | FIN, 1),
    ]).toEqual([0, 3, 1, 3, 3]);
    expect(length(RST, 0)).toBe(0);
  });

  it("are refused when they are cut, or the header's length is impossible", () => {
    const bytes = encodeSegment(data, GUEST, GATEWAY);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(parseSegment(bytes.subarray(0, length), GUEST, GATEWAY)).toBeUndefined();
    }
    for (const offset of ["4", "0", "f"]) {
      const bad = withChecksum(`9c40 0050 fffffff0 80000000 ${offset}018 ffff 0000 0000 474554`);
      expect(parseSegment(bad, GUEST, GATEWAY)).toBeUndefined();
    }
  });

  it("are refused with any bit flipped, or for another address", () => {
    for (let bit = 0; bit < syn.length * 8; bit += 1) {
      const flipped = syn.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(parseSegment(flipped, GUEST, GATEWAY)).toBeUndefined();
    }
    expect(parseSegment(syn, GUEST, GATEWAY + 1)).toBeUndefined();
    expect(parseSegment(syn, GUEST + 256, GATEWAY)).toBeUndefined();
  });
});
