import { describe, expect, it } from "vitest";
import { noise } from "../lan/testing/random";
import {
  AGENT_WORD,
  FrameDecoder,
  HOST_WORD,
  MAX_PAYLOAD,
  encodeFrame,
  findCore,
  type Frame,
} from "./frames";

/** What a decoder said, in order: "sync", "lost", or a frame. */
function decode(pieces: readonly Uint8Array[]): (Frame | "sync" | "lost")[] {
  const said: (Frame | "sync" | "lost")[] = [];
  const decoder = new FrameDecoder({
    onSync: () => said.push("sync"),
    onFrame: (frame) => said.push(frame),
    onLost: () => said.push("lost"),
  });
  for (const piece of pieces) decoder.push(piece);
  return said;
}

const join = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

const frame = (type: number, stream: number, payload: Uint8Array): Frame => ({ type, stream, payload });

describe("words", () => {
  it("are what the protocol's document says", () => {
    expect(Buffer.from(HOST_WORD).toString("hex")).toBe("f5447279446f636bf6686f7374f73031");
    expect(Buffer.from(AGENT_WORD).toString("hex")).toBe("f5447279446f636bf66775657374f731");
  });

  it.each([HOST_WORD, AGENT_WORD])("have no zero byte, and their first byte once", (word) => {
    expect(word.includes(0)).toBe(false);
    expect(word.lastIndexOf(word[0] ?? 0)).toBe(0);
  });

  it("are found wherever they are", () => {
    for (let before = 0; before < 40; before++) {
      const bytes = join(new Uint8Array(before).fill(0xf5), HOST_WORD.subarray(0, 12), new Uint8Array(3));
      expect(findCore(bytes, HOST_WORD)).toBe(before);
      expect(findCore(bytes.subarray(0, before + 11), HOST_WORD)).toBe(-1);
    }
  });
});

describe("encodeFrame", () => {
  it("lays out the header", () => {
    const bytes = encodeFrame(0x0a, 0x123456, Uint8Array.of(7, 8));
    expect([...bytes]).toEqual([2, 0, 0, 0, 0x0a, 0x56, 0x34, 0x12, 0, 7, 8]);
  });

  it("refuses what is too long, and the word", () => {
    expect(() => encodeFrame(1, 1, new Uint8Array(MAX_PAYLOAD + 1))).toThrow("65536");
    expect(() => encodeFrame(1, 1, join(noise(5), HOST_WORD))).toThrow("sync word");
    expect(encodeFrame(1, 1, new Uint8Array(MAX_PAYLOAD)).length).toBe(MAX_PAYLOAD + 9);
  });
});

describe("FrameDecoder", () => {
  const frames = [
    frame(0x41, 0, noise(12)),
    frame(0x42, 1, new Uint8Array()),
    frame(0x46, 0xffffff, noise(65536)),
  ];
  const bytes = join(AGENT_WORD, ...frames.map((f) => encodeFrame(f.type, f.stream, f.payload)));

  it.each([1, 2, 7, 1000, 100_000])("finds frames in pieces of %i bytes", (size) => {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.slice(at, at + size));
    expect(decode(pieces)).toEqual(["sync", ...frames]);
  });

  it("keeps nothing of the array that it is given", () => {
    const piece = bytes.slice();
    const said: Frame[] = [];
    const onFrame = (f: Frame) => said.push(f);
    new FrameDecoder({ onSync: () => undefined, onFrame, onLost: () => undefined }).push(piece);
    piece.fill(0);
    expect(said).toEqual(frames);
  });

  it("skips what comes before the word, in silence", () => {
    expect(decode([noise(5000), bytes])).toEqual(["sync", ...frames]);
    expect(decode([bytes.subarray(16)])).toEqual([]);
  });

  it("finds the word after its own beginning", () => {
    for (let cut = 1; cut < 16; cut++) {
      expect(decode([AGENT_WORD.subarray(0, cut), AGENT_WORD, encodeFrame(1, 1, Uint8Array.of(5))])).toEqual([
        "sync",
        frame(1, 1, Uint8Array.of(5)),
      ]);
    }
  });

  it("starts again at a word in mid-frame, without the half frame", () => {
    for (const cut of [1, 4, 8, 9, 10, 500]) {
      const half = encodeFrame(0x46, 1, new Uint8Array(1000)).subarray(0, cut);
      const next = encodeFrame(0x47, 2, Uint8Array.of(1));
      expect(decode([AGENT_WORD, half, AGENT_WORD, next])).toEqual([
        "sync",
        "sync",
        frame(0x47, 2, Uint8Array.of(1)),
      ]);
    }
  });

  it("says once that sync is lost, and recovers at the word", () => {
    const tooLong = Uint8Array.of(1, 0, 1, 0, 0x46, 1, 0, 0, 0);
    const tooHigh = Uint8Array.of(1, 0, 0, 0, 0x46, 1, 0, 0, 1);
    for (const bad of [tooLong, tooHigh]) {
      expect(decode([AGENT_WORD, bad, noise(3000), bytes])).toEqual(["sync", "lost", "sync", ...frames]);
    }
  });

  it("says so as well when the garbage begins like the word", () => {
    expect(decode([AGENT_WORD, AGENT_WORD.subarray(0, 12), new Uint8Array(1)])).toEqual(["sync", "lost"]);
  });

  it("takes a payload that ends like the word begins", () => {
    const tail = join(noise(10), AGENT_WORD.subarray(0, 11));
    expect(decode([AGENT_WORD, encodeFrame(1, 2, tail)])).toEqual(["sync", frame(1, 2, tail)]);
  });

  it("never throws, whatever comes", () => {
    for (let round = 0; round < 300; round++) {
      const bytes = noise(200);
      // Small lengths now and then, so that frames are found in the noise too.
      for (let at = 0; at + 9 < bytes.length; at += 17) bytes.set([at % 23, 0, 0, 0, at, at, 0, 0, 0], at);
      const pieces = [AGENT_WORD, bytes.subarray(0, round % 200), noise(round), AGENT_WORD, bytes];
      expect(decode(pieces)[0]).toBe("sync");
    }
  });
});
