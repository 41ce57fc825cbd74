/** The page's part: Playwright runs the tests of e2e/ whose titles begin with `[id]`. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { ROOT } from "../site/site";

export interface PageResult {
  readonly id: string;
  readonly seconds: number;
  readonly failure: string | undefined;
}

const testSchema = z.object({
  results: z.array(
    z.object({
      status: z.string(),
      duration: z.number(),
      errors: z.array(z.object({ message: z.string().optional() })),
    }),
  ),
});
interface Suite {
  readonly suites?: Suite[] | undefined;
  readonly specs?: { title: string; ok: boolean; tests: z.infer<typeof testSchema>[] }[] | undefined;
}
const suiteSchema: z.ZodType<Suite> = z.lazy(() =>
  z.object({
    suites: z.array(suiteSchema).optional(),
    specs: z.array(z.object({ title: z.string(), ok: z.boolean(), tests: z.array(testSchema) })).optional(),
  }),
);
const reportSchema = z.object({ suites: z.array(suiteSchema) });

/** The id in a title such as `[attach] two terminals show the same`. */
export function idInTitle(title: string): string | undefined {
  return /^\[([a-z0-9-]+)\] /.exec(title)?.[1];
}

/** The results by row in Playwright's JSON report; a row passes when all of its tests do. */
export function readPageReport(report: unknown): PageResult[] {
  const rows = new Map<string, PageResult>();
  const visit = (suite: Suite): void => {
    for (const spec of suite.specs ?? []) {
      const id = idInTitle(spec.title);
      if (id === undefined) continue;
      const results = spec.tests.flatMap(({ results: all }) => all);
      const before = rows.get(id);
      const milliseconds = results.reduce((sum, { duration }) => sum + duration, 0);
      const messages = results.flatMap(({ errors }) => errors.map(({ message }) => message ?? "an error"));
      // A test that did not run (skipped, or after a failure of an earlier one) has not passed.
      const good = spec.ok && results.length > 0 && results.every(({ status }) => status === "passed");
      const failure = good
        ? before?.failure
        : [before?.failure, spec.title, ...messages].filter(Boolean).join("\n");
      rows.set(id, { id, seconds: (before?.seconds ?? 0) + milliseconds / 1000, failure });
    }
    suite.suites?.forEach(visit);
  };
  reportSchema.parse(report).suites.forEach(visit);
  return [...rows.values()];
}

/**
 * Runs the tests of these rows against `dist/`. A row without a result has failed.
 */
export async function runPage(ids: readonly string[]): Promise<PageResult[]> {
  const folder = await mkdtemp(join(tmpdir(), "drydock-accept-"));
  const file = join(folder, "report.json");
  try {
    const pattern = `\\[(${ids.join("|")})\\] `;
    await new Promise<void>((resolve, reject) => {
      const args = ["--no-install", "playwright", "test", "--reporter=list,json", "-g", pattern];
      const child = spawn("npx", args, {
        cwd: ROOT,
        stdio: ["ignore", process.stderr, process.stderr],
        env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: file },
      });
      child.on("error", reject);
      child.on("close", () => resolve());
    });
    const results = readPageReport(JSON.parse(await readFile(file, "utf8")));
    return ids.map(
      (id) =>
        results.find((result) => result.id === id) ?? {
          id,
          seconds: 0,
          failure: `no test in e2e/ ran whose title begins with [${id}]`,
        },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
