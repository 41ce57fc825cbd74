/** The page's part: Playwright runs the tests of e2e/ whose titles begin with `[id]`. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../site/site";
import { messagesOf, parsePlaywright } from "../test/playwright-report";

export interface PageResult {
  readonly id: string;
  readonly failure: string | undefined;
}

/** The id in a title such as `[attach] two terminals show the same`. */
export function idInTitle(title: string): string | undefined {
  return /^\[([a-z0-9-]+)\] /.exec(title)?.[1];
}

/** The results by row in Playwright's JSON report; a row passes when all of its tests do. */
export function readPageReport(report: unknown): PageResult[] {
  const rows = new Map<string, string[]>();
  for (const { title, tests } of parsePlaywright(report).specs) {
    const id = idInTitle(title);
    if (id === undefined) continue;
    // A test that did not run (skipped, or after a failure of an earlier one) has not passed.
    const good =
      tests.some(({ results }) => results.length > 0) && tests.every(({ status }) => status === "expected");
    const messages = tests.flatMap(({ results }) => messagesOf(results));
    rows.set(id, [...(rows.get(id) ?? []), ...(good ? [] : [title, ...messages])]);
  }
  return [...rows].map(([id, lines]) => ({ id, failure: lines.length === 0 ? undefined : lines.join("\n") }));
}

/** Runs the tests of these rows against `dist/`. A row without a result has failed. */
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
          failure: `no test in e2e/ ran whose title begins with [${id}]`,
        },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
