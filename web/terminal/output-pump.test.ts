import { describe, expect, it } from "vitest";
import { OUTPUT_PIECE_BYTES, OutputPump, REPORT_BYTES } from "./output-pump";

function setUp() {
  const written: Uint8Array[] = [];
  const done: (() => void)[] = [];
  const reports: number[] = [];
  const pump = new OutputPump(
    {
      write: (bytes, callback) => {
        written.push(bytes);
        done.push(callback);
      },
    },
    (bytes) => reports.push(bytes),
  );
  const draw = (pieces = Infinity): void => {
    for (let i = 0; i < pieces; i += 1) {
      const callback = done.shift();
      if (callback === undefined) return;
      callback();
    }
  };
  return { pump, written, reports, draw };
}

describe("OutputPump", () => {
  it("writes short pieces, whole and in order, without copying them", () => {
    const { pump, written } = setUp();
    const bytes = Uint8Array.from({ length: 2 * OUTPUT_PIECE_BYTES + 5 }, (_, index) => index % 256);
    pump.push(bytes);
    expect(written.map((piece) => piece.byteLength)).toEqual([OUTPUT_PIECE_BYTES, OUTPUT_PIECE_BYTES, 5]);
    expect(written.flatMap((piece) => [...piece])).toEqual([...bytes]);
    expect(written.every((piece) => piece.buffer === bytes.buffer)).toBe(true);
  });

  it("reports only what was drawn, every byte of it, and seldom", () => {
    const { pump, reports, draw } = setUp();
    const total = 20 * 1024 * 1024 + 3;
    for (let sent = 0; sent < total; sent += 100_000)
      pump.push(new Uint8Array(Math.min(100_000, total - sent)));
    expect(reports).toEqual([]);
    draw();
    expect(reports.reduce((sum, bytes) => sum + bytes, 0)).toBe(total);
    expect(reports.length).toBeLessThanOrEqual(Math.ceil(total / REPORT_BYTES) + 1);
  });

  it("reports a short answer at once: no byte waits for more to come", () => {
    const { pump, reports, draw } = setUp();
    pump.push(new Uint8Array(7));
    draw();
    pump.push(new Uint8Array(1));
    draw();
    expect(reports).toEqual([7, 1]);
  });

  it("does not report the old machine's bytes to the new one", () => {
    const { pump, reports, draw } = setUp();
    pump.push(new Uint8Array(100));
    pump.reset();
    pump.push(new Uint8Array(10));
    draw();
    expect(reports).toEqual([10]);
  });
});
