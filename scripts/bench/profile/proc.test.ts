import { describe, expect, it } from "vitest";
import { compareProcesses, parseGuestCounters, parseProcessStat, type ProcessCounters } from "./proc";

/** Of a real kernel, shortened. */
const stat = (pid: number, name: string, counters: readonly number[]): string =>
  `${pid} (${name}) S 1 2 3 0 -1 4194560 ${counters.join(" ")} 20 0 9 0 100 1234 567`;

describe("parseProcessStat", () => {
  it("reads counters, whatever the name", () => {
    expect(parseProcessStat(stat(7, "a (b) c", [100, 1000, 3, 4, 20, 5, 30, 6]))).toEqual({
      pid: 7,
      name: "a (b) c",
      ticks: 25,
      faults: 103,
    });
  });

  it.each(["", "7 (x)", "7 x S 1 2 3", "7 (x) S 1 2 3 0 -1 4194560 1 2 20"])("refuses %j", (line) => {
    expect(() => parseProcessStat(line)).toThrow(/no line of/);
  });
});

describe("parseGuestCounters", () => {
  const counters =
    "cpu  1 2 3\nintr 99 1 2\nctxt 5400\nprocesses 30\nnr_free_pages 1\npgfault 9800\npgmajfault 12";

  it("takes system and processes apart", () => {
    const text = `${counters}\n@\n${stat(1, "init", [0, 0, 0, 0, 0, 0, 0, 0])}\n`;
    const { system, processes } = parseGuestCounters(text);
    expect(system).toEqual({
      contextSwitches: 5400,
      forks: 30,
      interrupts: 99,
      faults: 9800,
      majorFaults: 12,
    });
    expect(processes.map(({ name }) => name)).toEqual(["init"]);
  });

  it("says what is missing", () => {
    expect(() => parseGuestCounters("ctxt 1\nprocesses 1\nintr 1\n@\n")).toThrow(/pgfault/);
  });
});

it("compares processes, and counts what a new one had from nothing", () => {
  const process = (pid: number, name: string, ticks: number): ProcessCounters => ({
    pid,
    name,
    ticks,
    faults: 10 * ticks,
  });
  const before = [process(1, "init", 5), process(9, "dockerd", 100), process(10, "bash", 1)];
  const after = [process(1, "init", 5), process(9, "dockerd", 150), process(20, "shim", 7)];
  expect(compareProcesses(before, after)).toEqual([
    { name: "dockerd", ticks: 50, faults: 500 },
    { name: "shim", ticks: 7, faults: 70 },
  ]);
});
