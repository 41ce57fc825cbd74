/**
 * `npm run lessons:verify`: proves every step of every lesson in the shipped machine, two machines at a time.
 *
 *     --only LESSON        this lesson (may be repeated; the beginning of its id is enough)
 *     --test               one chapter, and every lesson whose files have changed since their last green run
 *     --quick              starts and solutions alone: neither other routes nor mistakes; no lesson counts as green
 *     --minutes N          with --test: begin no further lesson after N minutes (10)
 *     --json FILE          the proofs
 *
 * DRYDOCK_GUEST names the folder of a built guest; without it, what is stale is built.
 */
import { fork, type ChildProcess } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { buildGuest } from "../../images/build";
import { createProgress } from "../../images/pipeline/progress";
import { messageOf } from "../../contract/errors";
import { formatDiagnostic } from "../../web/course/format/diagnostics";
import { compileCourse, type CompiledCourse } from "../../web/course/format/compile-course";
import { readCourse } from "./course-folder";
import { GreenLessons } from "./green";
import type { Proof } from "./proof";
import { laneMessageSchema } from "./verify-lane";

const LANES = 2;
const TEST_MINUTES = 10;
/** Seconds without a proof after which a machine hangs. */
const SILENCE_SECONDS = 600;

interface Verification {
  readonly proofs: readonly Proof[];
  /** Lessons for which there was no time. */
  readonly left: readonly string[];
}

interface VerifyOptions {
  readonly guestFolder: string;
  readonly lessons: readonly string[];
  /** Begins no further lesson after so many minutes. */
  readonly minutes: number;
  /** Starts and solutions alone. */
  readonly quick: boolean;
  readonly onProof: (proof: Proof) => void;
}

/** Proves these lessons. Never rejects for what a lesson or its machine does. */
async function verifyLessons(options: VerifyOptions): Promise<Verification> {
  const queue = [...options.lessons];
  const proofs: Proof[] = [];
  const green = await GreenLessons.open();
  const end = performance.now() + options.minutes * 60_000;
  const record = (proof: Proof): void => {
    proofs.push(proof);
    options.onProof(proof);
  };
  const lane = async (): Promise<void> => {
    while (queue.length > 0 && performance.now() < end) {
      const id = queue.shift() ?? "";
      const failure = await proveInProcess(id, options, record);
      if (failure !== undefined) {
        record({ lesson: id, step: "", what: "machine", ok: false, seconds: 0, detail: failure });
      }
      const own = proofs.filter(({ lesson }) => lesson === id);
      if (!options.quick && own.every(({ ok }) => ok)) await green.setGreen(id);
    }
  };
  await Promise.all(Array.from({ length: Math.min(LANES, queue.length) }, lane));
  return { proofs, left: queue };
}

/** One lesson in a process of its own, whose end gives its memory back. The failure, if it came to no end. */
function proveInProcess(
  id: string,
  { guestFolder, quick }: VerifyOptions,
  onProof: (proof: Proof) => void,
): Promise<string | undefined> {
  const child: ChildProcess = fork(
    join(import.meta.dirname, "verify-lane.ts"),
    [guestFolder, quick ? "quick" : "whole"],
    {
      execArgv: ["--import", "tsx"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    },
  );
  return new Promise((resolve) => {
    const finish = (failure: string | undefined): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      child.kill("SIGKILL");
      resolve(failure);
    };
    const onSilence = (): void => finish(`nothing was heard for ${SILENCE_SECONDS} s`);
    let timer = setTimeout(onSilence, SILENCE_SECONDS * 1000);
    child.on("message", (message: unknown) => {
      clearTimeout(timer);
      timer = setTimeout(onSilence, SILENCE_SECONDS * 1000);
      const parsed = laneMessageSchema.safeParse(message);
      if (!parsed.success) finish(`the process said ${JSON.stringify(message)}`);
      else if (parsed.data.kind === "proof") onProof(parsed.data.proof);
      else finish(parsed.data.failure);
    });
    child.on("error", (error) => finish(messageOf(error)));
    child.on("exit", (code, signal) => finish(`the process ended (${signal ?? code ?? "?"})`));
    child.send(id);
  });
}

/** The chapter that `npm test` always proves, and what has changed since it was last green. */
async function lessonsForTest({ course, lessons }: CompiledCourse): Promise<string[]> {
  const chapter = course?.chapters[0]?.lessons ?? [];
  const green = await GreenLessons.open();
  const changed: string[] = [];
  const never: string[] = [];
  for (const { id } of lessons.filter((lesson) => !chapter.includes(lesson.id))) {
    const state = await green.look(id);
    if (state === "changed") changed.push(id);
    else if (state === "never") never.push(id);
  }
  if (never.length > 0) console.log(`not proved as a whole yet: ${never.join(", ")}`);
  return [...chapter, ...changed];
}

function formatProof({ lesson, step, what, ok, seconds, detail }: Proof): string {
  const place = step === "" ? lesson : `${lesson}/${step}`;
  const more = detail === "" ? "" : `  ${detail.split("\n").join("\n      ")}`;
  return `${ok ? "ok    " : "FAILED"} ${place.padEnd(36)} ${what.padEnd(10)} ${seconds.toFixed(1).padStart(6)} s${more}`;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: "string", multiple: true },
      test: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      minutes: { type: "string" },
      json: { type: "string" },
    },
  });
  const linted = compileCourse(await readCourse());
  for (const diagnostic of linted.diagnostics) console.log(formatDiagnostic(diagnostic));
  const ids = linted.lessons.map(({ id }) => id);
  let wanted = values.test ? await lessonsForTest(linted) : ids;
  if (values.only !== undefined) {
    const { only } = values;
    wanted = ids.filter((id) => only.some((name) => id.startsWith(name)));
    if (wanted.length === 0) throw new Error(`no lesson is called ${only.join(", ")}: ${ids.join(", ")}`);
  }
  // As for the tests: a guest that is there is taken as it is.
  const built = process.env["DRYDOCK_GUEST"];
  const guestFolder = built ?? (await buildGuest({ log: createProgress(process.stderr) })).folder;
  const { proofs, left } = await verifyLessons({
    guestFolder,
    lessons: wanted,
    quick: values.quick,
    minutes: Number(values.minutes ?? (values.test ? TEST_MINUTES : Number.POSITIVE_INFINITY)),
    onProof: (proof) => console.log(formatProof(proof)),
  });
  if (values.json !== undefined) await writeFile(values.json, JSON.stringify(proofs, null, 2));
  const failed = proofs.filter(({ ok }) => !ok).length;
  const steps = new Set(
    proofs.filter(({ step }) => step !== "").map(({ lesson, step }) => `${lesson}/${step}`),
  );
  if (left.length > 0) console.log(`no time was left for: ${left.join(", ")}`);
  console.log(
    `${wanted.length - left.length} lessons, ${steps.size} steps: ${proofs.length - failed} passed, ${failed} failed`,
  );
  return failed === 0 && linted.diagnostics.length === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  main().then(
    (status) => process.exit(status),
    (error: unknown) => {
      console.error(`lessons:verify: ${messageOf(error)}`);
      process.exit(2);
    },
  );
}
