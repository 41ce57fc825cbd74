import { describe, expect, it } from "vitest";
import {
  checkPort,
  formatIpv4,
  formatMac,
  isGroupMac,
  isUnicastIpv4,
  parseIpv4,
  parseMac,
  prefixMask,
  readMac,
  writeMac,
} from "./address";

describe("IPv4 addresses", () => {
  it.each([
    ["0.0.0.0", 0],
    ["10.0.2.15", 0x0a00020f],
    ["255.255.255.255", 0xffffffff],
    ["192.168.1.200", 0xc0a801c8],
  ])("%s is a number and back", (text, value) => {
    expect(parseIpv4(text)).toBe(value);
    expect(formatIpv4(value)).toBe(text);
  });

  it.each([
    "",
    "10.0.2",
    "10.0.2.2.2",
    "10.0.2.256",
    "10.0.2.-1",
    "10.0.02.2",
    "a.b.c.d",
    "10.0.2.2 ",
    "1e1.0.0.1",
  ])("refuses %j", (text) => {
    expect(() => parseIpv4(text)).toThrow(expect.objectContaining({ code: "bad-argument" }));
  });

  it("knows which ones a host may have", () => {
    expect(["10.0.2.15", "172.17.0.2", "223.255.255.254"].map(parseIpv4).every(isUnicastIpv4)).toBe(true);
    expect(["0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255"].map(parseIpv4).some(isUnicastIpv4)).toBe(
      false,
    );
  });

  it("makes masks", () => {
    expect([0, 8, 24, 32].map(prefixMask).map(formatIpv4)).toEqual([
      "0.0.0.0",
      "255.0.0.0",
      "255.255.255.0",
      "255.255.255.255",
    ]);
  });
});

describe("MAC addresses", () => {
  it("are numbers and back, on the wire and in text", () => {
    const bytes = new Uint8Array(8);
    const mac = parseMac("Fe:dC:ba:98:76:54");
    writeMac(bytes, 1, mac);
    expect([...bytes]).toEqual([0, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0]);
    expect(readMac(bytes, 1)).toBe(mac);
    expect(formatMac(mac)).toBe("fe:dc:ba:98:76:54");
    expect(formatMac(1)).toBe("00:00:00:00:00:01");
  });

  it("know the group bit", () => {
    expect(
      ["ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "33:33:00:00:00:02"].map(parseMac).every(isGroupMac),
    ).toBe(true);
    expect(["52:54:00:12:34:56", "02:00:0a:00:02:02"].map(parseMac).some(isGroupMac)).toBe(false);
  });

  it.each(["", "02:00:0a:00:02", "02:00:0a:00:02:zz", "02-00-0a-00-02-02"])("refuses %j", (text) => {
    expect(() => parseMac(text)).toThrow(expect.objectContaining({ code: "bad-argument" }));
  });
});

it("ports are whole numbers from 1 to 65535", () => {
  expect(checkPort(1)).toBe(1);
  expect(checkPort(65535)).toBe(65535);
  for (const port of [0, -1, 65536, 1.5, Number.NaN]) expect(() => checkPort(port)).toThrow("not a port");
});
