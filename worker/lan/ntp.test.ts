import { describe, expect, it } from "vitest";
import { readU32 } from "./bytes";
import { answerNtp, readNtpTime, writeNtpTime } from "./ntp";
import { hex, pattern } from "./testing/random";

/** 2026-11-22T12:00:00.250Z */
const NOW = Date.UTC(2026, 10, 22, 12, 0, 0, 250);

/** What an SNTP client sends: no leap, version 4, mode 3, and its own time as transmit timestamp. */
const request = hex(`23 00 06 20 ${"00".repeat(36)} e5aabbcc 12345678`);

describe("NTP timestamps", () => {
  it("count seconds from 1900", () => {
    const bytes = new Uint8Array(8);
    writeNtpTime(bytes, 0, 0);
    expect(bytes).toEqual(hex("83aa7e80 00000000"));
    writeNtpTime(bytes, 0, 1500);
    expect(bytes).toEqual(hex("83aa7e81 80000000"));
    writeNtpTime(bytes, 0, NOW);
    expect(readNtpTime(bytes, 0)).toBeCloseTo(NOW, 2);
  });

  it("wrap in 2036, as eras do", () => {
    const bytes = new Uint8Array(8);
    writeNtpTime(bytes, 0, Date.UTC(2036, 1, 7, 6, 28, 16));
    expect(bytes).toEqual(hex("00000000 00000000"));
  });
});

describe("the NTP server", () => {
  it("answers a client", () => {
    const answer = answerNtp(request, NOW, NOW + 1);
    expect(answer?.length).toBe(48);
    if (answer === undefined) return;
    // No leap second, version 4, mode 4; stratum 1; the client's poll; 2^-10 s.
    expect([...answer.subarray(0, 4)]).toEqual([0x24, 1, 6, 0xf6]);
    expect(readU32(answer, 4)).toBe(0);
    expect(String.fromCharCode(...answer.subarray(12, 16))).toBe("LOCL");
    expect(answer.subarray(24, 32)).toEqual(hex("e5aabbcc 12345678"));
    expect(readNtpTime(answer, 32)).toBeCloseTo(NOW, 2);
    expect(readNtpTime(answer, 40)).toBeCloseTo(NOW + 1, 2);
  });

  it("answers in the client's version, and takes an authenticator that it ignores", () => {
    const old = new Uint8Array([...request, ...new Uint8Array(20)]);
    old[0] = 0x1b;
    expect(answerNtp(old, NOW, NOW)?.[0]).toBe(0x1c);
  });

  it.each([
    ["short", request.subarray(0, 47)],
    ["a server's answer", request.slice().fill(0x24, 0, 1)],
    ["symmetric", request.slice().fill(0x21, 0, 1)],
    ["version 0", request.slice().fill(0x03, 0, 1)],
    ["version 7", request.slice().fill(0x3b, 0, 1)],
    ["empty", new Uint8Array()],
    ["control", pattern(0, 48).fill(0x16, 0, 1)],
  ])("keeps silent: %s", (_, bytes) => {
    expect(answerNtp(bytes, NOW, NOW)).toBeUndefined();
  });
});
