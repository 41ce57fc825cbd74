import { describe, expect, it } from "vitest";
import { RegistryError } from "../errors";
import { parseChunkRange, parseRange } from "./ranges";

describe("Range (RFC 9110 14.1.2)", () => {
  it.each([
    ["bytes=0-9", { start: 0, end: 10 }],
    ["bytes=90-", { start: 90, end: 100 }],
    ["bytes=-10", { start: 90, end: 100 }],
    ["bytes=-1000", { start: 0, end: 100 }],
    ["bytes=99-1000", { start: 99, end: 100 }],
    ["Bytes=5-5", { start: 5, end: 6 }],
  ])("reads %s", (header, range) => {
    expect(parseRange(header, 100)).toEqual(range);
  });

  it.each([
    null,
    "",
    "bytes",
    "bytes=",
    "bytes=-",
    "bytes=a-b",
    "bytes=9-0",
    "bytes=0-1,3-4",
    "items=0-1",
    "bytes=0--1",
    "bytes=1e1-20",
    `bytes=${"9".repeat(40)}-`,
  ])("ignores %j", (header) => {
    expect(parseRange(header, 100)).toBeUndefined();
  });

  it.each(["bytes=100-", "bytes=100-200", "bytes=-0"])("cannot satisfy %s", (header) => {
    expect(() => parseRange(header, 100)).toThrow(RegistryError);
  });

  it("says the size with its refusal", () => {
    try {
      parseRange("bytes=7-", 3);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ status: 416, headers: { "content-range": "bytes */3" } });
    }
  });

  it("has no range of nothing", () => {
    expect(() => parseRange("bytes=0-", 0)).toThrow(RegistryError);
    expect(() => parseRange("bytes=-5", 0)).toThrow(RegistryError);
  });
});

describe("Content-Range of a chunk", () => {
  it.each([
    ["0-99", { start: 0, end: 100 }],
    ["5-5", { start: 5, end: 6 }],
    ["bytes 0-9/*", { start: 0, end: 10 }],
    ["bytes=3-4", { start: 3, end: 5 }],
  ])("reads %s", (header, range) => {
    expect(parseChunkRange(header)).toEqual(range);
  });

  it("may be absent", () => {
    expect(parseChunkRange(null)).toBeUndefined();
  });

  it.each(["", "-", "1-", "-1", "9-0", "a-b", "0-9-10", "0x1-2", "1.5-2", `0-${"9".repeat(30)}`])(
    "refuses %j",
    (header) => {
      expect(() => parseChunkRange(header)).toThrow(RegistryError);
    },
  );
});
