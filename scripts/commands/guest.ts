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
import { exitStatus } from "../../worker/agent/process";
import type { Machine } from "../../worker/machine/machine";
import { registryFailure } from "../../worker/machine/registry-failure";
import { bootInNode, restoreInNode } from "../../worker/node/machine-in-node";
import { openRegistriesInNode } from "../../worker/node/registries-in-node";
import { runCommand } from "../cli";

const USAGE = `Usage: npm run -s guest -- [--cold] [--data DIR] 'CMD'
       npm run -s guest -- [--cold] [--data DIR] --script FILE

Runs CMD in a login shell of the guest and exits with its status. With --script, runs each line of FILE and prints a
line of JSON for each: {cmd, status, seconds, instructions, output}; the exit status is 0 if every command's was.
--cold boots the kernel instead of restoring the snapshot. --data keeps what is pushed to the machine's registries in
DIR; without it, that ends with the machine.`;

/** A shell's status for a command that could not be run. */
const EXIT_NO_GUEST = 125;

interface Arguments {
  readonly cold: boolean;
  readonly data: string | undefined;
  readonly command: string | undefined;
  readonly script: string | undefined;
}

/** @throws Error unless there is one command, or a script */
function readFlags(args: string[]): Arguments {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      cold: { type: "boolean", default: false },
      data: { type: "string" },
      script: { type: "string" },
    },
  });
  const wanted = values.script === undefined ? 1 : 0;
  if (positionals.length !== wanted) throw new Error("either one command, or a script");
  const { cold, data, script } = values;
  return { cold, data, script, command: positionals[0] };
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

async function runLine(machine: Machine, command: string): Promise<number> {
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

async function run(args: Arguments): Promise<number> {
  let lines: string[] = [];
  if (args.script !== undefined) {
    const text = await readFile(args.script, "utf8");
    lines = text.split("\n").filter((line) => line.trim() !== "");
  }
  const machine = await openMachine(args);
  try {
    return args.command === undefined
      ? await runScript(machine, lines)
      : await runLine(machine, args.command);
  } finally {
    await machine.destroy();
  }
}

await runCommand({ name: "guest", usage: USAGE, readFlags, run, failed: EXIT_NO_GUEST });
