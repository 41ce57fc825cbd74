/** One step of a case, in a machine. */
import type { Machine } from "../../worker/machine/machine";
import { exitStatus } from "../../worker/agent/process";
import { KEYS, type Pattern, type Step, type StepOf } from "./case";
import { findPattern, type Terminal } from "./terminal";

export interface Bench {
  readonly machine: Machine;
  readonly terminals: readonly Terminal[];
}

const SHOWN = 3000;
const POLL_MS = 500;

interface Outcome {
  readonly status: number;
  readonly output: string;
}

const tail = (text: string): string => (text.length > SHOWN ? `…${text.slice(-SHOWN)}` : text);

/** @throws Error with the output so far when the time is over; the command and its children are killed then */
async function execute(
  { machine }: Bench,
  command: string,
  options: { user: string; seconds: number; mergeStderr: boolean },
): Promise<Outcome> {
  const child = await machine.agent.exec({
    argv: ["/bin/bash", "-lc", command],
    stdin: "none",
    user: options.user,
    mergeStderr: options.mergeStderr,
  });
  let output = "";
  const decoder = new TextDecoder();
  const read = async (): Promise<void> => {
    for await (const bytes of child.stdout) output += decoder.decode(bytes, { stream: true });
  };
  const drop = async (): Promise<void> => {
    for await (const bytes of child.stderr) decoder.decode(bytes);
  };
  const limit = new AbortController();
  const timer = setTimeout(() => {
    limit.abort();
    child.close();
  }, options.seconds * 1000);
  try {
    const [exit] = await Promise.all([child.exit, read(), drop()]);
    return { status: exitStatus(exit), output };
  } catch (error) {
    if (!limit.signal.aborted) throw error;
    throw new Error(`\`${command}\` was not over after ${options.seconds} s. It printed:\n${tail(output)}`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}

function missing(output: string, patterns: readonly Pattern[]): Pattern | undefined {
  return patterns.find((pattern) => findPattern(output, pattern) < 0);
}

async function runCommand(bench: Bench, step: StepOf<"run">): Promise<void> {
  const { command, user, seconds } = step;
  const { status, output } = await execute(bench, command, { user, seconds, mergeStderr: true });
  const shown = `\`${command}\` ended with ${status} and printed:\n${tail(output)}`;
  const asExpected = step.status === "failure" ? status !== 0 : status === step.status;
  if (!asExpected) throw new Error(`status ${step.status} was expected. ${shown}`);
  const absent = missing(output, step.sees);
  if (absent !== undefined) throw new Error(`${String(absent)} is not there. ${shown}`);
  const present = step.lacks.find((pattern) => findPattern(output, pattern) >= 0);
  if (present !== undefined) throw new Error(`${String(present)} is there. ${shown}`);
}

async function checkState(bench: Bench, step: StepOf<"state">): Promise<void> {
  const { command, is, within, seconds } = step;
  const deadline = performance.now() + within * 1000;
  for (;;) {
    const { status, output } = await execute(bench, command, { user: "root", seconds, mergeStderr: false });
    const value = output.replace(/\n$/, "");
    if (status === 0 && (typeof is === "string" ? value === is : is.test(value))) return;
    if (performance.now() > deadline) {
      throw new Error(
        `${typeof is === "string" ? JSON.stringify(is) : String(is)} was expected of \`${command}\`, which ended with ${status} and printed:\n${tail(output)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function writeFile({ machine }: Bench, { path, text }: StepOf<"write">): Promise<void> {
  const command = `mkdir -p "$(dirname '${path}')" && cat > '${path}'`;
  const { status, stderr } = await machine.agent.run(["/bin/bash", "-c", command], { input: text });
  if (status !== 0) throw new Error(`${path} could not be written: ${stderr}`);
}

function terminalOf(bench: Bench, on: number): Terminal {
  const terminal = bench.terminals[on];
  if (terminal === undefined) throw new Error(`there is no terminal ${on}`);
  return terminal;
}

/** @throws Error that says what was expected and what came instead */
export async function runStep(bench: Bench, step: Step): Promise<void> {
  switch (step.kind) {
    case "run":
      return runCommand(bench, step);
    case "state":
      return checkState(bench, step);
    case "write":
      return writeFile(bench, step);
    case "type": {
      const terminal = terminalOf(bench, step.on);
      await terminal.type(step.text + step.keys.map((key) => KEYS[key]).join(""));
      return terminal.waitFor(step.sees, step.seconds);
    }
    case "watch":
      return terminalOf(bench, step.on).waitFor(step.sees, step.seconds);
  }
}

/** One line about a step, for progress and for failures. */
export function describeStep(step: Step): string {
  switch (step.kind) {
    case "run":
      return `${step.user === "learner" ? "(learner) " : ""}${step.command}`;
    case "state":
      return `state: ${step.command}`;
    case "write":
      return `write ${step.path}`;
    case "type":
      return `terminal ${step.on}: ${step.text} [${step.keys.join(" ")}]`;
    case "watch":
      return `watch terminal ${step.on} for ${step.sees.join(", ")}`;
  }
}
