/**
 * `npm run -s guest -- 'CMD'`: runs a command in the guest, without a browser.
 *
 * Restores the snapshot (or boots, with --cold), runs CMD in a login shell, passes its output on and exits with its
 * status. With --script FILE every line of FILE is a command, in one machine, and each prints a line of JSON:
 * {cmd, status, seconds, instructions, output}.
 */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { buildGuest, coldBootOptions } from "../../images/build";
import { createProgress } from "../../images/pipeline/progress";
import type { ProcessExit } from "../../worker/agent/process";
import { parseSignal } from "../../worker/agent/signals";
import { messageOf } from "../../contract/errors";
import type { Machine } from "../../worker/machine/machine";
import { registryFailure } from "../../worker/machine/registry-failure";
import { bootInNode, restoreInNode } from "../../worker/node/machine-in-node";
import { openRegistriesInNode } from "../../worker/node/registries-in-node";

const USAGE = `Usage: npm run -s guest -- [--cold] [--data DIR] 'CMD'
       npm run -s guest -- [--cold] [--data DIR] --script FILE

Runs CMD in a login shell of the guest and exits with its status. With --script, runs each line of FILE and prints a
line of JSON for each: {cmd, status, seconds, instructions, output}; the exit status is 0 if every command's was.
--cold boots the kernel instead of restoring the snapshot. --data keeps what is pushed to the machine's registries in
DIR; without it, that ends with the machine.`;

/** Exit statuses of our own, as a shell's for a command that could not be run. */
const EXIT_USAGE = 2;
const EXIT_NO_GUEST = 125;

interface Arguments {
  readonly cold: boolean;
  readonly data: string | undefined;
  readonly command: string | undefined;
  readonly script: string | undefined;
}

function readArguments(): Arguments | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        cold: { type: "boolean", default: false },
        data: { type: "string" },
        script: { type: "string" },
      },
    });
    const wanted = values.script === undefined ? 1 : 0;
    if (positionals.length !== wanted) return undefined;
    return { cold: values.cold, data: values.data, command: positionals[0], script: values.script };
  } catch (error) {
    console.error(messageOf(error));
    return undefined;
  }
}

async function openMachine({ cold, data }: Arguments): Promise<Machine> {
  const guest = await buildGuest({ log: createProgress(process.stderr) });
  const registries = await openRegistriesInNode({
    guestFolder: guest.folder,
    dataFolder: data,
    onFailure: (error) => console.error(`registry: ${registryFailure(error).message}`),
  });
  return cold
    ? bootInNode(coldBootOptions(guest), undefined, { registries })
    : restoreInNode(guest.folder, undefined, { registries });
}

async function pass(stream: ReadableStream<Uint8Array>, to: NodeJS.WriteStream): Promise<void> {
  for await (const bytes of stream) {
    if (!to.write(bytes)) await new Promise((resolve) => to.once("drain", resolve));
  }
}

/** A shell's convention: 128 + the signal's number. */
function exitStatus(exit: ProcessExit): number {
  return "status" in exit ? exit.status : 128 + parseSignal(exit.signal);
}

async function runCommand(machine: Machine, command: string): Promise<number> {
  const child = await machine.agent.exec({ argv: ["/bin/bash", "-lc", command], stdin: "none" });
  await Promise.all([pass(child.stdout, process.stdout), pass(child.stderr, process.stderr)]);
  return exitStatus(await child.exit);
}

async function runScript(machine: Machine, lines: readonly string[]): Promise<number> {
  let failed = 0;
  for (const cmd of lines) {
    const began = performance.now();
    const instructions = machine.emulator.instructions;
    const { status, stdout: output } = await machine.agent.run(cmd, { mergeStderr: true });
    if (status !== 0) failed++;
    const seconds = Math.round(performance.now() - began) / 1000;
    console.log(
      JSON.stringify({
        cmd,
        status,
        seconds,
        instructions: machine.emulator.instructions - instructions,
        output,
      }),
    );
  }
  return failed === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  const args = readArguments();
  if (args === undefined) {
    console.error(USAGE);
    return EXIT_USAGE;
  }
  let lines: string[] = [];
  if (args.script !== undefined) {
    const text = await readFile(args.script, "utf8");
    lines = text.split("\n").filter((line) => line.trim() !== "");
  }
  const machine = await openMachine(args);
  try {
    return args.command === undefined
      ? await runScript(machine, lines)
      : await runCommand(machine, args.command);
  } finally {
    await machine.destroy();
  }
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(`guest: ${messageOf(error)}`);
    process.exit(EXIT_NO_GUEST);
  },
);
