/** What the runners of `npm test` report, each in a JSON of its own, as numbers and as the failures' names and reasons. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { messageOf } from "../worker/errors";
import { reportSchema as acceptReport } from "./accept/report";
import { proofSchema } from "./lessons/proof";

export interface Outcome {
  readonly passed: number;
  /** A name and what was seen, each. */
  readonly failures: readonly string[];
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
          results: z.array(z.object({ errors: playwrightErrors })),
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
    return { passed: 0, failures: [died(`no report that could be read (${messageOf(error)})`)] };
  }
  const { passed, failures } = outcome;
  if (failures.length > 0 || (status === 0 && passed > 0)) return outcome;
  return { passed, failures: [died(`${passed} passed, and no failure was named`)] };
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
  return { passed, failures };
}

/** `npm run lessons:verify -- --json`. */
export function readProofs(report: unknown): Outcome {
  const proofs = z.array(proofSchema).parse(report);
  const failures = proofs
    .filter(({ ok }) => !ok)
    .map(({ lesson, step, what, detail }) => describeFailure(`${lesson}/${step} ${what}`, detail));
  return { passed: proofs.length - failures.length, failures };
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
  return { passed, failures: [...failures, ...outside] };
}

function specsOf(suite: Suite): Suite["specs"] {
  return [...suite.specs, ...(suite.suites ?? []).flatMap(specsOf)];
}

function describeFailure(name: string, text: string | undefined): string {
  const lines = (text ?? "").trimEnd().split("\n");
  const shown = lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), "…"] : lines;
  return [name, ...shown.filter((line) => line !== "").map((line) => `    ${line}`)].join("\n");
}
