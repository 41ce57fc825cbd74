/**
 * What the runners of `npm test` report, each in a JSON of its own: how many passed, the failures' names and reasons, and
 * what each test took.
 */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { messageOf } from "../../contract/errors";
import { reportSchema as acceptReport } from "../accept/report";
import { type Proof, proofSchema } from "../lessons/proof";
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

const playwrightErrors = z.array(z.object({ message: z.string().optional() })).optional();

const suiteSchema = z.object({
  specs: z.array(
    z.object({
      title: z.string(),
      file: z.string(),
      tests: z.array(
        z.object({
          status: z.enum(["expected", "unexpected", "flaky", "skipped"]),
          /** Milliseconds. */
          results: z.array(z.object({ duration: z.number(), errors: playwrightErrors })),
        }),
      ),
    }),
  ),
  get suites() {
    return z.array(suiteSchema).optional();
  },
});
type Suite = z.infer<typeof suiteSchema>;

const playwrightSchema = z.object({
  suites: z.array(suiteSchema),
  errors: playwrightErrors,
});

/**
 * What a runner reported. One that died (a crash, no test found) has failed even if its report, or the want of one,
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

/** `npm run accept -- --json`. */
export function readAccept(report: unknown): Outcome {
  const { passed, rows } = acceptReport.parse(report);
  const failures = rows
    .filter((row) => !row.passed)
    .map(({ id, command, parts }) =>
      describeFailure(`${id}: ${command}`, parts.flatMap(({ failure }) => failure ?? []).join("\n")),
    );
  const tests = rows.map(({ id, command, parts }) => ({
    name: `${id}: ${command}`,
    seconds: parts.reduce((sum, { seconds }) => sum + seconds, 0),
  }));
  return { passed, failures, tests };
}

/** `npm run lessons:verify -- --json`. */
export function readProofs(report: unknown): Outcome {
  const proofs = z.array(proofSchema).parse(report);
  const nameOf = ({ lesson, step, what }: Proof): string => `${lesson}/${step} ${what}`;
  const failures = proofs
    .filter(({ ok }) => !ok)
    .map((proof) => describeFailure(nameOf(proof), proof.detail));
  const tests = proofs.map((proof) => ({ name: nameOf(proof), seconds: proof.seconds }));
  return { passed: proofs.length - failures.length, failures, tests };
}

/** Playwright's JSON reporter. A test that passed only when tried again, or was skipped, has not passed. */
export function readPlaywright(report: unknown): Outcome {
  const { suites, errors = [] } = playwrightSchema.parse(report);
  const specs = suites.flatMap(specsOf);
  const failures = specs.flatMap(({ title, file, tests }) =>
    tests
      .filter(({ status }) => status !== "expected")
      .map(({ status, results }) => {
        const messages = results
          .flatMap((result) => result.errors ?? [])
          .flatMap(({ message }) => message ?? []);
        return describeFailure(`${file}: ${title} (${status})`, messages.join("\n"));
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

function specsOf(suite: Suite): Suite["specs"] {
  return [...suite.specs, ...(suite.suites ?? []).flatMap(specsOf)];
}

function describeFailure(name: string, text: string | undefined): string {
  const lines = (text ?? "").trimEnd().split("\n");
  const shown = lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), "…"] : lines;
  return [name, ...shown.filter((line) => line !== "").map((line) => `    ${line}`)].join("\n");
}
