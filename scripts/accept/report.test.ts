import { describe, expect, it } from "vitest";
import { count, makeReport, renderFailures, renderTable, reportSchema, type RowResult } from "./report";
import { idInTitle, readPageReport } from "./run-page";

const row = (id: string) => ({ id, note: "001", command: `docker ${id}`, mustShow: "something" });
const good: RowResult = {
  row: row("ps"),
  because: undefined,
  parts: [{ place: "machine", seconds: 1.25, failure: undefined }],
};
const half: RowResult = {
  row: row("attach"),
  because: "a reason of some length",
  parts: [
    { place: "machine", seconds: 3, failure: undefined },
    { place: "page", seconds: 4, failure: "not seen" },
  ],
};
const none: RowResult = { row: row("stats"), because: undefined, parts: [] };

describe("the report", () => {
  it("counts a row as passed when all of its parts did, and there was one", () => {
    expect(count([good, half, none])).toEqual({ passed: 1, failed: 2 });
  });

  it("has a line for each row, with the seconds of both places", () => {
    expect(renderTable([good, half]).split("\n")).toEqual([
      "      machine s   page s row    command",
      "ok          1.3          ps     docker ps",
      "FAILED      3.0      4.0 attach docker attach",
    ]);
  });

  it("shows what failed, and where", () => {
    expect(renderFailures([good, half])).toBe("== attach (page): docker attach\nnot seen\n");
  });

  it("is the JSON that it says it is", () => {
    const report = reportSchema.parse(JSON.parse(JSON.stringify(makeReport([good, half], 9))));
    expect(report).toMatchObject({ passed: 1, failed: 1, seconds: 9 });
    expect(report.rows[1]).toMatchObject({ id: "attach", passed: false, because: "a reason of some length" });
  });
});

const result = (status: string, message?: string) => ({
  status,
  duration: 1500,
  errors: message === undefined ? [] : [{ message }],
});
const spec = (title: string, ok: boolean, ...results: ReturnType<typeof result>[]) => ({
  title,
  ok,
  tests: [{ results }],
});

describe("readPageReport", () => {
  it("finds rows by the titles of tests, however deep", () => {
    const report = {
      suites: [
        {
          specs: [spec("no row", true, result("passed")), spec("[ps] a table", true, result("passed"))],
          suites: [
            {
              specs: [
                spec("[attach] one", true, result("passed")),
                spec("[attach] two", false, result("failed", "no")),
              ],
            },
          ],
        },
      ],
    };
    expect(readPageReport(report)).toEqual([
      { id: "ps", seconds: 1.5, failure: undefined },
      { id: "attach", seconds: 3, failure: "[attach] two\nno" },
    ]);
  });

  it("a test that was skipped or never ran has not passed", () => {
    const report = { suites: [{ specs: [spec("[ps] x", true, result("skipped")), spec("[top] y", true)] }] };
    expect(readPageReport(report).map(({ failure }) => failure)).toEqual(["[ps] x", "[top] y"]);
  });

  it("refuses what is not a report", () => {
    expect(() => readPageReport({ suites: "none" })).toThrow();
  });

  it("an id stands at the beginning of a title", () => {
    expect(idInTitle("[run-it] a prompt")).toBe("run-it");
    expect(idInTitle("a prompt [run-it] x")).toBeUndefined();
  });
});
