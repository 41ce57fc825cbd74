/** What every command does alike: reads its flags, says what went wrong, and ends with a status. */
import { pathToFileURL } from "node:url";
import { messageOf } from "../contract/errors";

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

export interface Command<Flags> {
  /** Printed before what failed, by a command that prints the words of others too. */
  readonly name?: string;
  /** Printed below what is wrong with the flags. */
  readonly usage: string;
  /** @throws Error whose message says which flag is wrong */
  readonly readFlags: (args: string[]) => Flags;
  /** Resolves with the exit status, or undefined when the process ends by itself, as a server does. */
  readonly run: (flags: Flags) => Promise<number | undefined>;
  /** The exit status when `run` throws (default 1). */
  readonly failed?: number;
}

/** Runs a command with the flags of this process, which it ends unless `run` leaves that open. */
export async function runCommand<Flags>(command: Command<Flags>): Promise<void> {
  let flags: Flags;
  try {
    flags = command.readFlags(process.argv.slice(2));
  } catch (error) {
    console.error(`${messageOf(error)}\n${command.usage}`);
    return process.exit(EXIT_USAGE);
  }
  const { name, failed = EXIT_FAILED } = command;
  try {
    const status = await command.run(flags);
    if (status !== undefined) process.exit(status);
  } catch (error) {
    console.error(name === undefined ? messageOf(error) : `${name}: ${messageOf(error)}`);
    // What failed may have left a machine or a server running: it must not keep the process.
    process.exit(failed);
  }
}

/** @throws Error that names the flag, unless the text is a whole number within the limits */
export function readNumber(flag: string, text: string, least: number, most: number): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new Error(`${flag} needs a number from ${least} to ${most}, not ${JSON.stringify(text)}`);
}

/** @throws Error unless the text is a TCP port; 0 takes a free one */
export function readPort(text: string): number {
  return readNumber("--port", text, 0, 65535);
}

/** Whether a module is the program that was started, and not a part of another. @param url its `import.meta.url` */
export function isProgram(url: string): boolean {
  return url === pathToFileURL(process.argv[1] ?? "").href;
}
