import { describe, expect, it } from "vitest";
import { parseIpv4 } from "./address";
import { readU16 } from "./bytes";
import {
  BADVERS,
  type DnsQuery,
  encodeDnsResponse,
  FORMERR,
  NOERROR,
  NOTIMP,
  NXDOMAIN,
  parseDnsQuery,
  udpLimitOf,
} from "./dns";
import { hex, pattern, seededRandom } from "./testing/random";

const HUB = "0a 72656769737472792d31 06 646f636b6572 02 696f 00";
/** id 1234, recursion desired, one question: registry-1.docker.io A IN */
const query = hex(`1234 0100 0001 0000 0000 0000 ${HUB} 0001 0001`);
const OPT = "00 0029 04d0 00 00 0000 0000";
const withEdns = hex(`1234 0100 0001 0000 0000 0001 ${HUB} 0001 0001 ${OPT}`);

function parsed(bytes: Uint8Array): DnsQuery {
  const value = parseDnsQuery(bytes);
  if (value === undefined) throw new Error("not a query");
  return value;
}

describe("DNS queries", () => {
  it("are read", () => {
    expect(parsed(query)).toMatchObject({
      id: 0x1234,
      opcode: 0,
      recursionDesired: true,
      edns: undefined,
      problem: undefined,
      question: { name: "registry-1.docker.io", type: 1, class: 1 },
    });
  });

  it("compare in lower case and are repeated as they came", () => {
    const mixed = query.slice();
    mixed[13] = 0x52;
    const { question } = parsed(mixed);
    expect(question?.name).toBe("registry-1.docker.io");
    expect(question?.bytes).toEqual(mixed.subarray(12));
  });

  it("may ask for the root", () => {
    expect(parsed(hex("0001 0000 0001 0000 0000 0000 00 0002 0001")).question?.name).toBe("");
  });

  it("may speak EDNS", () => {
    expect(parsed(withEdns).edns).toEqual({ udpSize: 1232, version: 0 });
    expect(udpLimitOf(parsed(withEdns))).toBe(1232);
    expect(udpLimitOf(parsed(query))).toBe(512);
    const greedy = hex(`1234 0100 0001 0000 0000 0001 ${HUB} 0001 0001 00 0029 ffff 00000000 0000`);
    expect(udpLimitOf(parsed(greedy))).toBe(1232);
    const tiny = hex(`1234 0100 0001 0000 0000 0001 ${HUB} 0001 0001 00 0029 0010 00000000 0000`);
    expect(udpLimitOf(parsed(tiny))).toBe(512);
  });

  it("may carry other records around the OPT", () => {
    const bytes = hex(
      `1234 0100 0001 0000 0000 0002 ${HUB} 0001 0001 c00c 0001 0001 00000000 0004 01020304 ${OPT}`,
    );
    expect(parsed(bytes).edns).toEqual({ udpSize: 1232, version: 0 });
  });

  it.each([
    ["no question", hex("1234 0100 0000 0000 0000 0000"), FORMERR],
    ["two questions", hex(`1234 0100 0002 0000 0000 0000 ${HUB} 0001 0001 ${HUB} 0001 0001`), FORMERR],
    ["a cut name", query.subarray(0, 20), FORMERR],
    ["a cut type", query.subarray(0, query.length - 1), FORMERR],
    ["a header alone", query.subarray(0, 12), FORMERR],
    ["a pointer in the question", hex("1234 0100 0001 0000 0000 0000 c00c 0001 0001"), FORMERR],
    ["a pointer to itself", hex("1234 0100 0001 0000 0000 0000 01 61 c00c 0001 0001"), FORMERR],
    ["a label of 64 bytes", hex(`1234 0100 0001 0000 0000 0000 40 ${"61".repeat(64)} 00 0001 0001`), FORMERR],
    ["a name of 256 bytes", hex(`1234 0100 0001 0000 0000 0000 ${"0161".repeat(128)} 00 0001 0001`), FORMERR],
    ["a missing additional record", hex(`1234 0100 0001 0000 0000 0001 ${HUB} 0001 0001`), FORMERR],
    ["a cut OPT", withEdns.subarray(0, withEdns.length - 1), FORMERR],
    ["two OPT", hex(`1234 0100 0001 0000 0000 0002 ${HUB} 0001 0001 ${OPT} ${OPT}`), FORMERR],
    ["an OPT with a name", hex(`1234 0100 0001 0000 0000 0001 ${HUB} 0001 0001 0161 ${OPT}`), FORMERR],
    ["records that run past the end", hex(`1234 0100 0001 ffff ffff ffff ${HUB} 0001 0001`), FORMERR],
    [
      "another version of EDNS",
      hex(`1234 0100 0001 0000 0000 0001 ${HUB} 0001 0001 00 0029 04d0 00010000 0000`),
      BADVERS,
    ],
    ["an update", hex("1234 2800 0001 0000 0000 0000"), NOTIMP],
    ["a notification", hex(`1234 2000 0001 0000 0000 0000 ${HUB} 0006 0001`), NOTIMP],
  ])("with %s call for an error", (_, bytes, problem) => {
    expect(parsed(bytes)).toMatchObject({ id: 0x1234, problem });
  });

  it("of the longest name pass: 255 bytes", () => {
    // 63 + 63 + 63 + 61 letters in four labels: 4 + 250 + the root's zero.
    const name = [63, 63, 63, 61]
      .map((length) => length.toString(16).padStart(2, "0") + "61".repeat(length))
      .join("");
    expect(parsed(hex(`0001 0000 0001 0000 0000 0000 ${name} 00 0001 0001`)).question?.name.length).toBe(253);
  });

  it("that are responses, or too short for an id and flags, get no answer", () => {
    expect(parseDnsQuery(query.subarray(0, 11))).toBeUndefined();
    expect(parseDnsQuery(query.slice().fill(0x81, 2, 3))).toBeUndefined();
    expect(parseDnsQuery(new Uint8Array())).toBeUndefined();
  });

  it("of random bytes never throw", () => {
    const random = seededRandom(7);
    for (let round = 0; round < 20_000; round += 1) {
      const bytes = pattern(round * 997, Math.floor(random() * 80));
      // Most of them as a plausible query, so that the parser gets far.
      if (round % 4 !== 0 && bytes.length >= 12) bytes.set(hex("0000 0100 0001 0000 0000 0001"));
      const value = parseDnsQuery(bytes);
      if (value !== undefined) {
        const response = { code: NXDOMAIN, authoritative: false, addresses: [], ttlSeconds: 0, hint: "no" };
        expect(encodeDnsResponse(value, response, 512).length).toBeLessThanOrEqual(512);
      }
    }
  });
});

describe("DNS responses", () => {
  const found = {
    code: NOERROR,
    authoritative: true,
    addresses: ["10.0.2.3", "10.0.2.4"].map(parseIpv4),
    ttlSeconds: 60,
    hint: undefined,
  };

  it("carry addresses", () => {
    expect(encodeDnsResponse(parsed(query), found, 512)).toEqual(
      hex(
        `1234 8580 0001 0002 0000 0000 ${HUB} 0001 0001
         c00c 0001 0001 0000003c 0004 0a000203
         c00c 0001 0001 0000003c 0004 0a000204`,
      ),
    );
  });

  it("say that there is no such name", () => {
    const nothing = { ...found, code: NXDOMAIN, authoritative: false, addresses: [] };
    expect(encodeDnsResponse(parsed(query), nothing, 512)).toEqual(
      hex(`1234 8183 0001 0000 0000 0000 ${HUB} 0001 0001`),
    );
  });

  it("answer EDNS with EDNS, and explain themselves there", () => {
    const nothing = { ...found, code: NXDOMAIN, authoritative: false, addresses: [], hint: "hi" };
    expect(encodeDnsResponse(parsed(withEdns), nothing, 1232)).toEqual(
      hex(
        `1234 8183 0001 0000 0000 0001 ${HUB} 0001 0001
         00 0029 04d0 00000000 0008 000f 0004 0016 6869`,
      ),
    );
    const bad = { ...found, code: BADVERS, addresses: [] };
    const bytes = encodeDnsResponse(parsed(withEdns), bad, 1232);
    expect(bytes[3]).toBe(0x80);
    expect([...bytes.subarray(bytes.length - 11)]).toEqual([0, 0, 41, 4, 0xd0, 1, 0, 0, 0, 0, 0]);
  });

  it("to a query that could not be read have no question", () => {
    const bytes = encodeDnsResponse(
      parsed(query.subarray(0, 14)),
      { ...found, code: FORMERR, addresses: [] },
      512,
    );
    expect(bytes).toEqual(hex("1234 8581 0000 0000 0000 0000"));
  });

  it("that do not fit say so and leave the answers out", () => {
    const many = { ...found, addresses: Array.from({ length: 40 }, (_, index) => index) };
    const cut = encodeDnsResponse(parsed(query), many, 512);
    expect(cut).toEqual(hex(`1234 8780 0001 0000 0000 0000 ${HUB} 0001 0001`));
    expect(readU16(encodeDnsResponse(parsed(query), many, 65535), 6)).toBe(40);
  });
});
