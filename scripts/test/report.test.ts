import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readOutcome, readPlaywright, readVitest } from "./report";

describe("readVitest", () => {
  const report = (over: object): object => ({
    testResults: [{ name: "a.test.ts", status: "passed", message: "", assertionResults: [], ...over }],
  });

  it("names a failed test with its reason", () => {
    const assertionResults = [
      { fullName: "adds", status: "passed", duration: 1500, failureMessages: [] },
      { fullName: "takes away", status: "failed", duration: 20, failureMessages: ["expected 1\nto be 2"] },
    ];
    expect(readVitest(report({ status: "failed", assertionResults }))).toEqual({
      passed: 1,
      failures: ["a.test.ts: takes away\n    expected 1\n    to be 2"],
      tests: [
        { name: "a.test.ts: adds", seconds: 1.5 },
        { name: "a.test.ts: takes away", seconds: 0.02 },
      ],
    });
  });

  it("names a file that fails as a whole", () => {
    const assertionResults = [{ fullName: "adds", status: "skipped", failureMessages: [] }];
    expect(readVitest(report({ status: "failed", message: "cannot import", assertionResults }))).toEqual({
      passed: 0,
      failures: ["a.test.ts\n    cannot import"],
      tests: [],
    });
  });

  it("cuts a long reason", () => {
    const failureMessages = [Array.from({ length: 100 }, (_, line) => `line ${line}`).join("\n")];
    const { failures } = readVitest(
      report({ assertionResults: [{ fullName: "x", status: "failed", failureMessages }] }),
    );
    expect(failures[0]).toMatch(/line 39\n {4}…$/);
  });
});

describe("readPlaywright", () => {
  const spec = (status: string, message?: string): object => ({
    title: status,
    file: "a.e2e.ts",
    tests: [{ status, results: [{ duration: 250, errors: message === undefined ? [] : [{ message }] }] }],
  });

  it("finds tests in suites of suites; one that is skipped or passes at the second try has not passed", () => {
    const specs = [spec("unexpected", "timeout"), spec("skipped"), spec("flaky", "once")];
    expect(readPlaywright({ suites: [{ specs: [spec("expected")], suites: [{ specs }] }] })).toEqual({
      passed: 1,
      failures: [
        "a.e2e.ts: unexpected (unexpected)\n    timeout",
        "a.e2e.ts: skipped (skipped)",
        "a.e2e.ts: flaky (flaky)\n    once",
      ],
      tests: ["expected", "unexpected", "skipped", "flaky"].map((title) => ({
        name: `a.e2e.ts: ${title}`,
        seconds: 0.25,
      })),
    });
  });

  it("names what went wrong outside of a test", () => {
    expect(readPlaywright({ suites: [], errors: [{ message: "no server" }] }).failures).toEqual([
      "outside of a test\n    no server",
    ]);
  });
});

it.each([readVitest, readPlaywright])("%o refuses what is not its report", (read) => {
  expect(() => read({ passed: "many" })).toThrow();
});

describe("readOutcome", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "drydock-outcome-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const report = (status: string): object => ({
    testResults: [
      {
        name: "a.test.ts",
        status,
        assertionResults: [{ fullName: "adds", status, duration: 1000, failureMessages: [] }],
      },
    ],
  });
  const outcomeOf = async (text: string, status: number): ReturnType<typeof readOutcome> => {
    const file = join(folder, "report.json");
    await writeFile(file, text);
    return readOutcome(file, status, readVitest);
  };

  it("is what the report says", async () => {
    expect(await outcomeOf(JSON.stringify(report("passed")), 0)).toMatchObject({ passed: 1, failures: [] });
    const { failures } = await outcomeOf(JSON.stringify(report("failed")), 1);
    expect(failures).toEqual(["a.test.ts: adds"]);
  });

  it("is a failure when the runner failed without naming one, or found no test", async () => {
    expect(await outcomeOf(JSON.stringify(report("passed")), 1)).toEqual({
      passed: 1,
      failures: ["ended with status 1: 1 passed, and no failure was named"],
      tests: [{ name: "a.test.ts: adds", seconds: 1 }],
    });
    expect((await outcomeOf(`{"testResults": []}`, 0)).failures).toEqual([
      "ended with status 0: 0 passed, and no failure was named",
    ]);
  });

  it.each(["", "[{", `{"passed": 1}`])("is a failure when the report is %j", async (text) => {
    expect(await outcomeOf(text, 0)).toMatchObject({
      passed: 0,
      failures: [expect.stringContaining("no report that could be read")],
    });
  });

  it("is a failure when there is no report", async () => {
    const { failures } = await readOutcome(join(folder, "none.json"), 139, readVitest);
    expect(failures[0]).toMatch(/^ended with status 139: no report .*ENOENT/);
  });
});
