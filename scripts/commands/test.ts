/**
 * `npm test`: everything, in the order of what fails fastest. Checks, unit tests, the guest's build, the machine in
 * Node, one of each kind of the notes' commands in it, a chapter of the course, the site's build and its sizes, the real
 * browser. At the end it tells where the time went, then once more what failed, with what was seen; the last line is
 * `N passed, N failed`.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildGuest } from "../../images/build";
import { ensureHostTools } from "../../images/pipeline/host-tools";
import { defaultCacheFolder } from "../../images/pipeline/cache";
import { createProgress } from "../../images/pipeline/progress";
import { messageOf } from "../../contract/errors";
import { findOver, limitOf, readBudget } from "../size/budget";
import { runChecks } from "./check";
import { buildSite, ROOT } from "../site/site";
import { allSizes, findTooLarge, measureSite } from "../size/sizes";
import { type Outcome, readOutcome, readPlaywright, readVitest } from "../test/report";
import { BRIEF } from "../test/divide";
import { renderTimes, type TimedPart } from "../test/times";
import { TEST_TOOLS } from "../test/tools";

const log = createProgress(process.stderr);
let passed = 0;
const failures: string[] = [];
const parts: TimedPart[] = [];

/** What was made of it, and its seconds by the clock, whether it comes to an end or not. */
async function timePart<T>(
  name: string,
  run: () => Promise<T>,
  testsOf: (result: T) => TimedPart["tests"] = () => [],
): Promise<T> {
  const began = performance.now();
  const end = (tests: TimedPart["tests"]): void => {
    parts.push({ name, seconds: (performance.now() - began) / 1000, tests });
  };
  try {
    const result = await run();
    end(testsOf(result));
    return result;
  } catch (error) {
    end([]);
    throw error;
  }
}

/** Runs a part that consists of tests. */
async function runPart(name: string, run: () => Promise<Outcome>): Promise<void> {
  const outcome = await timePart(name, run, ({ tests }) => tests);
  passed += outcome.passed;
  failures.push(...outcome.failures.map((failure) => `${name}: ${failure}`));
  console.log(`-- ${name}: ${outcome.passed} passed, ${outcome.failures.length} failed`);
}

function run(command: string, args: readonly string[], env: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn("npx", ["--no-install", command, ...args], {
      cwd: ROOT,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...env },
    });
    child.on("error", reject);
    child.on("close", (status) => resolve(status ?? 1));
  });
}

async function runCheckPart(): Promise<Outcome> {
  const checks = await runChecks();
  return {
    passed: checks.filter((check) => check.passed).length,
    failures: checks
      .filter((check) => !check.passed)
      .map(({ name }) => `${name}: see its output above, or \`npm run check\``),
    tests: checks,
  };
}

async function runVitest(
  project: string,
  folder: string,
  env: Record<string, string> = {},
  flags: readonly string[] = [],
): Promise<Outcome> {
  const file = join(folder, `${project}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const status = await run("vitest", ["run", "--project", project, ...reporters, ...flags], env);
  return readOutcome(file, status, readVitest);
}

/** Every size against its budget: one over it is one failure. */
async function runSizes(): Promise<Outcome> {
  const [sizes, budget] = [await measureSite(), await readBudget()];
  const failures = findTooLarge(sizes, budget);
  const known = allSizes(sizes).filter(({ name }) => limitOf(name, budget) !== undefined);
  return { passed: known.length - findOver(known, budget).length, failures, tests: [] };
}

async function runPlaywright(folder: string): Promise<Outcome> {
  const file = join(folder, "e2e.json");
  const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: file };
  const status = await run("playwright", ["test", "--reporter=list,json"], env);
  return readOutcome(file, status, readPlaywright);
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "drydock-test-"));
  const logFile = join(defaultCacheFolder(), "logs", "test-tools.log");
  try {
    await timePart("tools", () => ensureHostTools(TEST_TOOLS, { logFile, during: log.during }));
    await runPart("checks", runCheckPart);
    await runPart("unit", () => runVitest("unit", folder));
    const guest = await timePart("images", () => buildGuest({ log }));
    const env = { DRYDOCK_GUEST: guest.folder };
    await runPart("guest", () => runVitest("guest", folder, env));
    // One row of each kind (those that need the page are in e2e/ anyway); a chapter, and lessons that have changed.
    for (const project of ["accept", "lessons"]) {
      await runPart(project, () => runVitest(project, folder, env, ["--tags-filter", BRIEF]));
    }
    await timePart("site", () => buildSite(guest.folder, log));
    await runPart("sizes", runSizes);
    await runPart("e2e", () => runPlaywright(folder));
  } catch (error) {
    failures.push(messageOf(error));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
console.log(`\n${renderTimes(parts)}\n`);
for (const failure of failures) console.log(`FAILED ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
