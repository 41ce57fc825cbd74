import { expect, it } from "vitest";
import { FrameReader, packFrame } from "./ethernet-socket";

const frames = [Uint8Array.of(1, 2, 3), new Uint8Array(1514).fill(7), Uint8Array.of(9)];
const stream = Buffer.concat(frames.map(packFrame));

it.each([1, 3, 4, 100, 10_000])("takes frames out of pieces of %i bytes", (size) => {
  const reader = new FrameReader();
  const read: Uint8Array[] = [];
  for (let at = 0; at < stream.length; at += size) read.push(...reader.read(stream.subarray(at, at + size)));
  expect(read).toEqual(frames);
});

it.each([[[0, 0, 0, 0]], [[0xff, 0xff, 0xff, 0xff]]])("refuses a length of %j", (bytes) => {
  expect(() => [...new FrameReader().read(Uint8Array.from(bytes))]).toThrow(RangeError);
});
