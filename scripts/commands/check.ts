/**
 * `npm run check`: types, lint, format, what may import what, whether those rules name what is there, and what nothing
 * uses. Prints one line a check, and the output of failed ones.
 */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { isProgram, runCommand } from "../cli";
import { ROOT } from "../site/site";

const CHECKS = [
  { name: "types", command: ["tsc", "-b"] },
  { name: "lint", command: ["eslint", "--max-warnings", "0", "."] },
  { name: "lessons", command: ["tsx", "scripts/lessons/lint.ts"] },
  { name: "format", command: ["prettier", "--check", "--log-level", "warn", "."] },
  {
    name: "imports",
    command: [
      "depcruise",
      "--config",
      ".dependency-cruiser.mjs",
      "contract",
      "web",
      "worker",
      "images",
      "scripts",
      "e2e",
    ],
  },
  { name: "rules", command: ["tsx", "scripts/check/stale-rules.ts"] },
  { name: "unused", command: ["knip", "--no-progress"] },
] as const;

export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
}

async function runCheck({ name, command }: (typeof CHECKS)[number]): Promise<CheckResult> {
  const began = performance.now();
  const [program, ...args] = command;
  const output: Buffer[] = [];
  const status = await new Promise<number>((resolve) => {
    const child = spawn("npx", ["--no-install", program, ...args], { cwd: ROOT });
    child.stdout.on("data", (bytes: Buffer) => output.push(bytes));
    child.stderr.on("data", (bytes: Buffer) => output.push(bytes));
    child.on("close", (code) => resolve(code ?? 1));
  });
  const seconds = (performance.now() - began) / 1000;
  console.log(`${status === 0 ? "ok    " : "FAILED"} ${name} (${seconds.toFixed(1)} s)`);
  if (status !== 0) console.log(Buffer.concat(output).toString());
  return { name, passed: status === 0, seconds };
}

/** Runs every check, as many at a time as there are processors. */
export async function runChecks(): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const queue = [...CHECKS];
  const lane = async (): Promise<void> => {
    for (let check = queue.shift(); check !== undefined; check = queue.shift())
      results.push(await runCheck(check));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return results;
}

if (isProgram(import.meta.url)) {
  await runCommand({
    usage: "usage: npm run check",
    readFlags: (args) => parseArgs({ args }),
    run: async () => ((await runChecks()).every(({ passed }) => passed) ? 0 : 1),
  });
}
