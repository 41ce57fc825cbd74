import { describe, expect, it } from "vitest";
import { formatRow, formatSummary, hasPassed, type Outcome, readOutcome } from "./report";

const good: Outcome = { round: { restoreSeconds: 2.04, runSeconds: 11.96, status: 0, output: "" } };
const failed: Outcome = {
  round: { restoreSeconds: 2, runSeconds: 3, status: 125, output: "docker:\nno such image\n" },
};
const talkative: Outcome = { round: { restoreSeconds: 1, runSeconds: 1, status: 0, output: "oops\n" } };
const lost: Outcome = { problem: "signal SIGKILL: out of memory" };

describe("hasPassed", () => {
  it("wants status 0 and silence", () => {
    expect([good, failed, talkative, lost].map(hasPassed)).toEqual([true, false, false, false]);
  });
});

describe("readOutcome", () => {
  const json = JSON.stringify("round" in good ? good.round : undefined);

  it("takes the last line of what the process wrote", () => {
    expect(readOutcome(`something else\n${json}\n`, "a warning\n", undefined)).toEqual(good);
  });

  it("does not believe a process that ended badly", () => {
    expect(readOutcome(json, "first\nlast words\n", "status 1")).toEqual({ problem: "status 1: last words" });
    expect(readOutcome("", "", "signal SIGSEGV")).toEqual({ problem: "signal SIGSEGV: " });
  });

  it.each([
    "",
    "no JSON",
    "{}",
    "null",
    '{"restoreSeconds":"2"}',
    json.replace('"status":0', '"status":null'),
  ])("has no result in %j", (stdout) => {
    const outcome = readOutcome(stdout, "last words\n", undefined);
    expect(hasPassed(outcome)).toBe(false);
    expect(outcome).toEqual({ problem: expect.stringMatching(/^no result, but: ./) as unknown });
  });
});

describe("the table", () => {
  it("has a line for each round", () => {
    expect(formatRow(1, good)).toBe("    1    2.0 s      12.0 s  ok");
    expect(formatRow(12, failed)).toBe("   12    2.0 s       3.0 s  FAILED status 125 no such image");
    expect(formatRow(3, talkative)).toBe("    3    1.0 s       1.0 s  FAILED status 0 oops");
    expect(formatRow(30, lost)).toBe("   30        -           -  FAILED signal SIGKILL: out of memory");
  });

  it("ends with what passed and what failed", () => {
    const slower: Outcome = { round: { restoreSeconds: 4, runSeconds: 20, status: 0, output: "" } };
    expect(formatSummary([slower, good, failed, lost])).toBe(
      "restore    2.0 / 4.0 / 4.0 s (least / median / most)\n" +
        "docker run 12.0 / 20.0 / 20.0 s (least / median / most)\n" +
        "2 passed, 2 failed",
    );
    expect(formatSummary([lost])).toBe("0 passed, 1 failed");
    expect(formatSummary([])).toBe("0 passed, 0 failed");
  });
});
