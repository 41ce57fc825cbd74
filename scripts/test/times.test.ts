import { describe, expect, it } from "vitest";
import { renderTimes } from "./times";

const test = (name: string, seconds: number): { name: string; seconds: number } => ({ name, seconds });

describe("renderTimes", () => {
  it("has each part with its share of the whole, in the order in which they ran", () => {
    const text = renderTimes([
      { name: "unit", seconds: 99.94, tests: [test("quick", 0.1)] },
      { name: "guest build", seconds: 0, tests: [] },
      { name: "e2e", seconds: 300.06, tests: [test("slow", 60)] },
    ]);
    expect(text).toBe(
      [
        " seconds  share  part",
        "    99.9   25 %  unit",
        "     0.0    0 %  guest build",
        "   300.1   75 %  e2e",
        "   400.0  100 %  in all",
        "",
        " seconds  share  part     slowest tests",
        "    60.0   15 %  e2e      slow",
        "     0.1    0 %  unit     quick",
      ].join("\n"),
    );
  });

  it("has the twenty slowest tests of all parts", () => {
    const tests = Array.from({ length: 15 }, (_, index) => test(`${index}`, index));
    const lines = renderTimes([
      { name: "a", seconds: 100, tests },
      { name: "b", seconds: 100, tests },
    ]).split("\n");
    const slowest = lines.slice(lines.indexOf("") + 2);
    expect(slowest).toHaveLength(20);
    expect(slowest.slice(0, 3)).toEqual([
      "    14.0    7 %  a        14",
      "    14.0    7 %  b        14",
      "    13.0    7 %  a        13",
    ]);
    expect(slowest.at(-1)).toBe("     5.0    3 %  b        5");
  });

  it("says a test in one line, without the folders before its file", () => {
    const name = `/work/tree/worker/a.guest.test.ts: a machine\n${"goes back ".repeat(30)}`;
    const last = renderTimes([{ name: "guest", seconds: 1, tests: [test(name, 1)] }])
      .split("\n")
      .at(-1);
    expect(last).toMatch(/^ {5}1\.0 {2}100 % {2}guest {4}a\.guest\.test\.ts: a machine goes back .*…$/);
    expect(last?.length).toBeLessThan(130);
  });

  it("is there for a run that came to nothing", () => {
    expect(renderTimes([])).toContain("     0.0    0 %  in all");
  });
});
