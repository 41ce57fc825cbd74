/**
 * `npm test`: everything, in the order of what fails fastest. Checks, unit tests, the guest's build, the machine in
 * Node, one of each kind of the notes' commands in it, a chapter of the course, the site's build, the real browser. The
 * last line is `N passed, N failed`.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { buildGuest } from "../images/build";
import { ensureHostTools } from "../images/pipeline/host-tools";
import { defaultCacheFolder } from "../images/pipeline/cache";
import { createProgress } from "../images/pipeline/progress";
import { messageOf } from "../worker/errors";
import { reportSchema as acceptReport } from "./accept/report";
import { runChecks } from "./check";
import { buildSite, ROOT } from "./site";
import { TEST_TOOLS } from "./test-tools";

interface Tally {
  passed: number;
  failed: number;
}

const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  success: z.boolean(),
});
const playwrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
});

const proofsSchema = z.array(z.object({ ok: z.boolean() }));

const tally: Tally = { passed: 0, failed: 0 };
const log = createProgress(process.stderr);

function count(name: string, passed: number, failed: number, status: number): void {
  tally.passed += passed;
  // A runner that dies without a failed test (a crash, no test found) is a failure all the same.
  const failures = failed === 0 && (status !== 0 || passed === 0) ? 1 : failed;
  tally.failed += failures;
  console.log(`-- ${name}: ${passed} passed, ${failures} failed`);
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

async function readReport(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    // The runner died before it wrote one: `count` sees its status.
    return undefined;
  }
}

async function runVitest(project: string, folder: string, env: Record<string, string> = {}): Promise<void> {
  const file = join(folder, `${project}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const status = await run("vitest", ["run", "--project", project, ...reporters], env);
  const report = vitestReport.safeParse(await readReport(file));
  count(project, report.data?.numPassedTests ?? 0, report.data?.numFailedTests ?? 0, status);
}

/** The rows of the notes' commands that cover every kind; those of them that need the page are in e2e/ anyway. */
async function runAccept(folder: string): Promise<void> {
  const file = join(folder, "accept.json");
  const status = await run("tsx", ["scripts/accept.ts", "--subset", "--in", "machine", "--json", file], {});
  const report = acceptReport.safeParse(await readReport(file));
  count("accept", report.data?.passed ?? 0, report.data?.failed ?? 0, status);
}

/** One chapter, and every lesson that has changed since it was last proved. */
async function runLessons(folder: string, guestFolder: string): Promise<void> {
  const file = join(folder, "lessons.json");
  const env = { DRYDOCK_GUEST: guestFolder };
  const status = await run("tsx", ["scripts/lessons/verify.ts", "--test", "--json", file], env);
  const proofs = proofsSchema.safeParse(await readReport(file)).data ?? [];
  const passed = proofs.filter(({ ok }) => ok).length;
  count("lessons", passed, proofs.length - passed, status);
}

async function runPlaywright(folder: string): Promise<void> {
  const file = join(folder, "e2e.json");
  const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: file };
  const status = await run("playwright", ["test", "--reporter=list,json"], env);
  const report = playwrightReport.safeParse(await readReport(file));
  const stats = report.data?.stats;
  count(
    "e2e",
    stats?.expected ?? 0,
    (stats?.unexpected ?? 0) + (stats?.flaky ?? 0) + (stats?.skipped ?? 0),
    status,
  );
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "drydock-test-"));
  try {
    await ensureHostTools(TEST_TOOLS, {
      logFile: join(defaultCacheFolder(), "logs", "test-tools.log"),
      say: log.note,
    });
    for (const { name, passed } of await runChecks())
      count(name, passed ? 1 : 0, passed ? 0 : 1, passed ? 0 : 1);
    await runVitest("unit", folder);
    const guest = await buildGuest({ log });
    await runVitest("guest", folder, { DRYDOCK_GUEST: guest.folder });
    await runAccept(folder);
    await runLessons(folder, guest.folder);
    await buildSite(guest.folder, log.note);
    await runPlaywright(folder);
  } catch (error) {
    console.error(messageOf(error));
    tally.failed++;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exitCode = tally.failed === 0 ? 0 : 1;
