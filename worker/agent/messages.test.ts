import { describe, expect, it } from "vitest";
import { DrydockError } from "../../contract/errors";
import { AGENT_WORD, FrameDecoder, HEADER_BYTES, HOST_WORD, findCore } from "./frames";
import { decodeMessage, type AgentMessage } from "./messages";
import { encodeClock, encodeConnectUnix, encodeData, encodeExec, encodeResize } from "./requests";
import { parseSignal, signalName } from "./signals";

const decode = (type: number, ...payload: number[]): AgentMessage =>
  decodeMessage({ type, stream: 9, payload: Uint8Array.from(payload) });
const text = (value: string): number[] => [...new TextEncoder().encode(value)];

/** One payload of each kind, and what it means. */
const good: readonly (readonly [number, readonly number[], AgentMessage])[] = [
  [
    0x41,
    [1, 0, 4, 3, 2, 1, 0, 0, 1, 0, 64, 0],
    { kind: "hello", version: 1, nonce: 0x01020304, window: 65536, streams: 64 },
  ],
  [0x42, [], { kind: "ready" }],
  [
    0x43,
    [1, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0],
    { kind: "clock", stream: 9, beforeMs: 2 ** 40 + 1, afterMs: 2 },
  ],
  [0x44, [0, 1, 0, 0], { kind: "opened", stream: 9, pid: 256 }],
  [0x45, [0, 3], { kind: "exit", stream: 9, status: 3, signal: undefined }],
  [0x45, [1, 9], { kind: "exit", stream: 9, status: undefined, signal: 9 }],
  [0x46, [2, 65, 66], { kind: "data", stream: 9, channel: 2, bytes: Uint8Array.of(65, 66) }],
  [0x47, [0, 0, 64, 0, 0], { kind: "window", stream: 9, bytes: 16384 }],
  [0x48, [1], { kind: "eof", stream: 9, channel: 1 }],
  [0x49, [0], { kind: "stop", stream: 9 }],
  [0x4a, [0], { kind: "closed", stream: 9, errno: "", text: "" }],
  [0x4b, [3, ...text("EIOwhy")], { kind: "error", stream: 9, errno: "EIO", text: "why" }],
];

describe("decodeMessage", () => {
  it.each(good)("reads type %i", (type, payload, message) => {
    expect(decode(type, ...payload)).toEqual(message);
  });

  it("refuses every truncation", () => {
    for (const [type, payload, message] of good) {
      const open = message.kind === "data" ? 1 : message.kind === "error" ? 4 : payload.length;
      for (let length = 0; length < open; length++) {
        expect(() => decode(type, ...payload.slice(0, length))).toThrow(DrydockError);
      }
    }
  });

  it("refuses what is too long, of unknown type, or on no channel", () => {
    for (const [type, payload, { kind }] of good) {
      if (kind !== "data" && kind !== "closed" && kind !== "error") {
        expect(() => decode(type, ...payload, 0)).toThrow("too long");
      }
    }
    for (const type of [0, 1, 0x0c, 0x40, 0x4c, 0xff]) expect(() => decode(type)).toThrow("unknown type");
    expect(() => decode(0x48, 3)).toThrow("channel 3");
    expect(() => decode(0x45, 2, 0)).toThrow("end of kind 2");
  });

  it("throws nothing but DrydockErrors at random bytes", () => {
    for (let round = 0; round < 5000; round++) {
      const payload = crypto.getRandomValues(new Uint8Array(round % 20));
      try {
        expect(decode(0x40 + (round % 14), ...payload)).toHaveProperty("kind");
      } catch (error) {
        expect(error).toMatchObject({ name: "DrydockError", code: "agent" });
      }
    }
  });
});

describe("requests", () => {
  const request = {
    argv: ["a", "bc"],
    cwd: "/",
    user: "u",
    env: { N: "v" },
    pty: { columns: 80, rows: 24 },
    mergeStderr: true,
    noStdin: true,
    window: 0x10203,
  };

  it("lay out EXEC", () => {
    expect([...encodeExec(5, request).subarray(HEADER_BYTES)]).toEqual([
      ...[7, 80, 0, 24, 0, 3, 2, 1, 0],
      ...[1, 0, ...text("u"), 1, 0, ...text("/")],
      ...[2, 0, 1, 0, ...text("a"), 2, 0, ...text("bc")],
      ...[1, 0, 3, 0, ...text("N=v")],
    ]);
  });

  it("refuse what the protocol has no room for", () => {
    const refused = expect.objectContaining({ code: "bad-request" }) as unknown;
    const attempts = [
      () => encodeExec(1, { ...request, argv: ["a\0b"] }),
      () => encodeExec(1, { ...request, argv: ["x".repeat(65536)] }),
      () => encodeExec(1, { ...request, argv: ["x".repeat(40000), "x".repeat(40000)] }),
      () => encodeExec(1, { ...request, pty: { columns: 70000, rows: 1 } }),
      () => encodeConnectUnix(1, -1, "/x"),
      () => encodeClock(1, Number.NaN),
      () => encodeClock(1, 0.5),
      () => encodeResize(1, { columns: 1.5, rows: 1 }),
    ];
    for (const attempt of attempts) expect(attempt).toThrow(refused);
  });

  it("cut data so that the host's word never appears, not even across frames", () => {
    // All the ways in which words can overlap, and words that a header could complete.
    const cores = Array.from({ length: 40 }, (_, i) => HOST_WORD.subarray(0, (i % 16) + 1));
    let rest = new Uint8Array(Buffer.concat([HOST_WORD, ...cores, HOST_WORD, ...cores.reverse()]));
    const whole = rest;
    const frames: Uint8Array[] = [];
    for (let most = 1; rest.length > 0; most = (most % 60) + 1) {
      const { frame, taken } = encodeData(0xf5, rest, most);
      expect(taken).toBeGreaterThan(0);
      frames.push(frame);
      rest = rest.subarray(taken);
    }
    expect(Buffer.concat(frames).includes(Buffer.from(HOST_WORD))).toBe(false);
    expect(Buffer.concat(frames.map((frame) => frame.subarray(HEADER_BYTES + 1)))).toEqual(
      Buffer.from(whole),
    );
    for (const frame of frames) expect(findCore(frame, HOST_WORD)).toBe(-1);
    let found = 0;
    const decoder = new FrameDecoder({
      onSync: () => undefined,
      onFrame: () => found++,
      onLost: () => {
        throw new Error("lost");
      },
    });
    decoder.push(AGENT_WORD);
    for (const frame of frames) decoder.push(frame);
    expect(found).toBe(frames.length);
  });
});

describe("signals", () => {
  it("have names and numbers", () => {
    expect(signalName(9)).toBe("SIGKILL");
    expect(signalName(34)).toBe("SIG34");
    for (let number = 1; number <= 64; number++) expect(parseSignal(signalName(number))).toBe(number);
    for (const name of ["KILL", "SIG0", "SIG65", "SIG99", "SIGNOTHING", ""]) {
      expect(() => parseSignal(name)).toThrow("no signal");
    }
  });
});
