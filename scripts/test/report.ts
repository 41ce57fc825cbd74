/**
 * What the runners of `npm test` report, each in a JSON of its own: how many passed, the failures' names and reasons, and
 * what each test took.
 */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { messageOf } from "../../contract/errors";
import { messagesOf, parsePlaywright } from "./playwright-report";
import type { TimedTest } from "./times";

export interface Outcome {
  readonly passed: number;
  /** A name and what was seen, each. */
  readonly failures: readonly string[];
  /** Every test that ran, whether it passed or not. */
  readonly tests: readonly TimedTest[];
}

/** Of a failure's text; the whole of it is in the runner's own output. */
const MOST_LINES = 40;

const vitestSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          /** Milliseconds; a test that was skipped has none. */
          duration: z.number().nullish(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

/**
 * What a runner reported. One that died (a crash, no test found) has failed even if its report, or the lack of one,
 * names no failure.
 * @param read one of the readers below
 */
export async function readOutcome(
  file: string,
  status: number,
  read: (report: unknown) => Outcome,
): Promise<Outcome> {
  const died = (why: string): string => `ended with status ${status}: ${why}`;
  let outcome: Outcome;
  try {
    outcome = read(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    return {
      passed: 0,
      failures: [died(`no report that could be read (${messageOf(error)})`)],
      tests: [],
    };
  }
  const { passed, failures } = outcome;
  if (failures.length > 0 || (status === 0 && passed > 0)) return outcome;
  return { ...outcome, failures: [died(`${passed} passed, and no failure was named`)] };
}

/** Vitest's JSON reporter. A file that fails as a whole (its `beforeAll`, its imports) is one failure. */
export function readVitest(report: unknown): Outcome {
  const { testResults } = vitestSchema.parse(report);
  const tests = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map((test) => ({ ...test, file: name })),
  );
  const failedTests = tests.filter(({ status }) => status === "failed");
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  );
  return {
    passed: tests.filter(({ status }) => status === "passed").length,
    failures: [
      ...failedTests.map(({ file, fullName, failureMessages }) =>
        describeFailure(`${file}: ${fullName}`, failureMessages?.join("\n")),
      ),
      ...brokenFiles.map(({ name, message }) => describeFailure(name, message)),
    ],
    tests: tests.flatMap(({ file, fullName, duration }) =>
      typeof duration === "number" ? [{ name: `${file}: ${fullName}`, seconds: duration / 1000 }] : [],
    ),
  };
}

/** Playwright's JSON reporter. A test that passed only when tried again, or was skipped, has not passed. */
export function readPlaywright(report: unknown): Outcome {
  const { specs, errors } = parsePlaywright(report);
  const failures = specs.flatMap(({ title, file, tests }) =>
    tests
      .filter(({ status }) => status !== "expected")
      .map(({ status, results }) => {
        return describeFailure(`${file}: ${title} (${status})`, messagesOf(results).join("\n"));
      }),
  );
  const outside = errors.map(({ message }) => describeFailure("outside of a test", message));
  const passed = specs.flatMap(({ tests }) => tests).filter(({ status }) => status === "expected").length;
  const timed = specs.flatMap(({ title, file, tests }) =>
    tests.map(({ results }) => ({
      name: `${file}: ${title}`,
      seconds: results.reduce((sum, { duration }) => sum + duration, 0) / 1000,
    })),
  );
  return { passed, failures: [...failures, ...outside], tests: timed };
}

function describeFailure(name: string, text: string | undefined): string {
  const lines = (text ?? "").trimEnd().split("\n");
  const shown = lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), "…"] : lines;
  return [name, ...shown.filter((line) => line !== "").map((line) => `    ${line}`)].join("\n");
}
