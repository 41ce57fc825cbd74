import { describe, expect, it } from "vitest";
import { idInTitle, readPageReport } from "./page";

const spec = (title: string, status: string, message?: string) => ({
  title,
  file: "a.e2e.ts",
  tests: [{ status, results: [{ duration: 1500, errors: message === undefined ? [] : [{ message }] }] }],
});

describe("readPageReport", () => {
  it("finds rows by the titles of tests, however deep", () => {
    const deep = [spec("[attach] one", "expected"), spec("[attach] two", "unexpected", "no")];
    const specs = [spec("no row", "expected"), spec("[ps] a table", "expected")];
    expect(readPageReport({ suites: [{ specs, suites: [{ specs: deep }] }] })).toEqual([
      { id: "ps", failure: undefined },
      { id: "attach", failure: "[attach] two\nno" },
    ]);
  });

  it("a test that was skipped, passed at the second try or never ran has not passed", () => {
    const never = { ...spec("[top] y", "expected"), tests: [] };
    const report = { suites: [{ specs: [spec("[ps] x", "skipped"), spec("[cp] z", "flaky"), never] }] };
    expect(readPageReport(report).map(({ failure }) => failure)).toEqual(["[ps] x", "[cp] z", "[top] y"]);
  });

  it("refuses what is not a report", () => {
    expect(() => readPageReport({ suites: "none" })).toThrow();
  });

  it("an id stands at the beginning of a title", () => {
    expect(idInTitle("[run-it] a prompt")).toBe("run-it");
    expect(idInTitle("a prompt [run-it] x")).toBeUndefined();
  });
});
