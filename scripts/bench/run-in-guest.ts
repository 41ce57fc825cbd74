import type { Machine } from "../../worker/machine/machine";

export interface GuestRun {
  readonly output: string;
  readonly seconds: number;
}

/** Runs a command in a guest's shell, whichever guest it is. Rejects with its output when it fails. */
export type RunCommand = (command: string) => Promise<GuestRun>;

/** Runs a command in the guest's login shell. @throws Error with its output when it fails */
export async function runInGuest(machine: Machine, command: string): Promise<GuestRun> {
  const began = performance.now();
  const { status, stdout: output } = await machine.agent.run(command, { mergeStderr: true });
  if (status !== 0) throw failedCommand(command, status, output);
  return { output, seconds: (performance.now() - began) / 1000 };
}

export function failedCommand(command: string, status: number, output: string): Error {
  return new Error(`${command}: status ${status}\n${output.slice(-2000)}`);
}
