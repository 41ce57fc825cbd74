/**
 * `npm test`: everything, in the order of what fails fastest. Checks, unit tests, the guest's build, the machine in
 * Node, one of each kind of the notes' commands in it, a chapter of the course, the site's build, the real browser. What
 * failed is told once more at the end, with what was seen; the last line is `N passed, N failed`.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildGuest } from "../images/build";
import { ensureHostTools } from "../images/pipeline/host-tools";
import { defaultCacheFolder } from "../images/pipeline/cache";
import { createProgress } from "../images/pipeline/progress";
import { messageOf } from "../worker/errors";
import { runChecks } from "./check";
import { buildSite, ROOT } from "./site";
import { type Outcome, readAccept, readOutcome, readPlaywright, readProofs, readVitest } from "./test-report";
import { TEST_TOOLS } from "./test-tools";

const log = createProgress(process.stderr);
let passed = 0;
const failures: string[] = [];

function count(name: string, outcome: Outcome): void {
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

async function runVitest(project: string, folder: string, env: Record<string, string> = {}): Promise<void> {
  const file = join(folder, `${project}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const status = await run("vitest", ["run", "--project", project, ...reporters], env);
  count(project, await readOutcome(file, status, readVitest));
}

/** The rows of the notes' commands that cover every kind; those of them that need the page are in e2e/ anyway. */
async function runAccept(folder: string): Promise<void> {
  const file = join(folder, "accept.json");
  const status = await run("tsx", ["scripts/accept.ts", "--subset", "--in", "machine", "--json", file], {});
  count("accept", await readOutcome(file, status, readAccept));
}

/** One chapter, and every lesson that has changed since it was last proved. */
async function runLessons(folder: string, guestFolder: string): Promise<void> {
  const file = join(folder, "lessons.json");
  const env = { DRYDOCK_GUEST: guestFolder };
  const status = await run("tsx", ["scripts/lessons/verify.ts", "--test", "--json", file], env);
  count("lessons", await readOutcome(file, status, readProofs));
}

async function runPlaywright(folder: string): Promise<void> {
  const file = join(folder, "e2e.json");
  const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: file };
  const status = await run("playwright", ["test", "--reporter=list,json"], env);
  count("e2e", await readOutcome(file, status, readPlaywright));
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "drydock-test-"));
  try {
    await ensureHostTools(TEST_TOOLS, {
      logFile: join(defaultCacheFolder(), "logs", "test-tools.log"),
      during: log.during,
    });
    for (const check of await runChecks()) {
      count(check.name, {
        passed: check.passed ? 1 : 0,
        failures: check.passed ? [] : ["see its output above, or `npm run check`"],
      });
    }
    await runVitest("unit", folder);
    const guest = await buildGuest({ log });
    await runVitest("guest", folder, { DRYDOCK_GUEST: guest.folder });
    await runAccept(folder);
    await runLessons(folder, guest.folder);
    await buildSite(guest.folder, log);
    await runPlaywright(folder);
  } catch (error) {
    failures.push(messageOf(error));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
for (const failure of failures) console.log(`FAILED ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
