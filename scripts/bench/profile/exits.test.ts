import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compileChecked } from "../../../images/agent/compile";
import { parseEnded } from "./exits";

it("reads what ended, most processor time first, whatever its name", () => {
  expect(parseEnded("2 2 1 1333293 163 4 sh\n9 1 1 2000000000 800 70 docker: (a b)\n")).toEqual([
    { name: "docker: (a b)", tasks: 9, processes: 1, executed: 1, seconds: 2, faults: 800, switches: 70 },
    { name: "sh", tasks: 2, processes: 2, executed: 1, seconds: 0.001333293, faults: 163, switches: 4 },
  ]);
  expect(parseEnded("")).toEqual([]);
  expect(() => parseEnded("1 2 3 sh\n")).toThrow(/no line of tasks that ended: 1 2 3 sh/);
});

/** The kernel tells root alone, and not every kernel has it. */
let program = "";
let folder = "";
let allowed = false;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "drydock-exits-test-"));
  program = await compileChecked(join(import.meta.dirname, "exits"), join(folder, "exits"), {
    PROCESSORS: `0-${cpus().length - 1}`,
  });
  const child = spawn(program, { stdio: ["pipe", "ignore", "ignore"] });
  child.stdin.end();
  allowed = await new Promise((resolve) => child.on("close", (status) => resolve(status === 0)));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("is told of a program's end", async ({ skip }) => {
  if (!allowed) skip();
  const child = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
  const answers: string[] = [];
  child.stdout.on("data", (bytes: Buffer) => answers.push(bytes.toString()));
  const ask = async (): Promise<string> => {
    answers.length = 0;
    child.stdin.write("\n");
    while (!answers.join("").endsWith(".\n")) await new Promise((resolve) => setTimeout(resolve, 10));
    return answers.join("").slice(0, -2);
  };
  try {
    await ask();
    await promisify(execFile)("sh", ["-c", "sleep 0.01; (:); true"]);
    const ended = parseEnded(await ask());
    expect(ended.find(({ name }) => name === "sleep")).toMatchObject({ tasks: 1, processes: 1, executed: 1 });
    expect(ended.find(({ name }) => name === "sh")?.processes).toBeGreaterThanOrEqual(1);
  } finally {
    child.kill();
  }
});
