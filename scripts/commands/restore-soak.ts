/**
 * `npm run soak:restore -- --count N`: restores the guest N times in a row in Node, each time in a process of its own,
 * and in each machine runs a container, a build and a compose project, and computes what a processor can get wrong.
 * Prints a table and, last, `N passed, N failed`.
 *
 *     --count N       rounds, 1 to 1000 (default 30)
 *     --guest FOLDER  the folder with manifest.json and chunks/, instead of the built one
 *
 * Exit status: 0 if all passed, 1 if not, 2 for wrong flags.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildGuest } from "../../images/build";
import { createProgress } from "../../images/pipeline/progress";
import type { Machine } from "../../worker/machine/machine";
import { restoreInNode } from "../../worker/node/machine-in-node";
import { readNumber, runCommand } from "../cli";
import { computeInGuest, prepareChecksums } from "../soak/checksums/checksums";
import {
  formatRow,
  formatSummary,
  hasPassed,
  type Outcome,
  readOutcome,
  type Round,
  TABLE_HEAD,
} from "../soak/report";

/** The first is timed. Each has to print nothing. */
const COMMANDS = [
  "docker run --rm busybox true",
  `set -e; mkdir -p /tmp/soak; cd /tmp/soak
   printf 'FROM busybox\\nRUN echo built >/word\\nCMD cat /word\\n' >Dockerfile; docker build -q -t soak . >/dev/null
   [ "$(docker run --rm soak)" = built ]`,
  `set -e; cd /tmp/soak
   printf 'services:\\n  web:\\n    image: busybox\\n    command: httpd -f -h /etc\\n    ports: ["8088:80"]\\n' >compose.yaml
   docker compose up -d >/dev/null 2>&1
   [ "$(curl -s --retry 9 --retry-connrefused localhost:8088/hostname)" = "$(docker compose exec -T web hostname)" ]
   docker compose down -t 0 >/dev/null 2>&1`,
];
/** Milliseconds after which a round that has no result has failed: many times what it takes. */
const ROUND_LIMIT_MS = 10 * 60_000;
const SCRIPT = fileURLToPath(import.meta.url);

interface Flags {
  readonly count: number;
  readonly guest: string | undefined;
  /** Set in the processes that this script starts: do one round with the guest in this folder. */
  readonly round: string | undefined;
}

function readFlags(args: string[]): Flags {
  const { count, guest, round } = parseArgs({
    args,
    options: {
      count: { type: "string", default: "30" },
      guest: { type: "string" },
      round: { type: "string" },
    },
  }).values;
  return { count: readNumber("--count", count, 1, 1000), guest, round };
}

async function doRound(folder: string): Promise<Round> {
  const began = performance.now();
  const machine = await restoreInNode(folder);
  const restored = performance.now();
  let ended: number | undefined;
  let [status, output] = [0, ""];
  for (const command of COMMANDS) {
    const result = await machine.agent.run(["/bin/bash", "-c", command], { mergeStderr: true });
    ended ??= performance.now();
    status ||= result.status;
    output += result.stdout;
  }
  return {
    restoreSeconds: (restored - began) / 1000,
    runSeconds: ((ended ?? restored) - restored) / 1000,
    status,
    output: output + (await computeWrong(machine)),
  };
}

/** What the machine computes, if it is not right. */
async function computeWrong(machine: Machine): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "drydock-soak-"));
  try {
    const checksums = await prepareChecksums(folder);
    const computed = await computeInGuest(machine, checksums);
    return computed === checksums.expected ? "" : `computed wrong: ${computed}`;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function startRound(folder: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...process.execArgv, SCRIPT, "--round", folder], {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: ROUND_LIMIT_MS,
      killSignal: "SIGKILL",
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", (error) => resolve({ problem: error.message }));
    child.on("close", (status, signal) => {
      const ended =
        status === 0 ? undefined : signal === null ? `status ${status ?? "?"}` : `signal ${signal}`;
      resolve(readOutcome(stdout, stderr, ended));
    });
  });
}

async function soak(folder: string, count: number): Promise<boolean> {
  const outcomes: Outcome[] = [];
  console.log(TABLE_HEAD);
  for (let number = 1; number <= count; number++) {
    const outcome = await startRound(folder);
    outcomes.push(outcome);
    console.log(formatRow(number, outcome));
  }
  console.log(formatSummary(outcomes));
  return outcomes.every(hasPassed);
}

await runCommand({
  usage: "usage: npm run soak:restore -- [--count N] [--guest FOLDER]",
  readFlags,
  run: async ({ count, guest, round }) => {
    if (round !== undefined) {
      console.log(JSON.stringify(await doRound(round)));
      return 0;
    }
    const folder = guest ?? (await buildGuest({ log: createProgress(process.stderr) })).folder;
    return (await soak(folder, count)) ? 0 : 1;
  },
});
