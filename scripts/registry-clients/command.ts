import { spawn } from "node:child_process";

export interface CommandResult {
  readonly status: number;
  /** Standard output and error, in the order in which they arrive. */
  readonly output: string;
  readonly stdout: string;
}

interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
}

/** Runs a program to its end. Rejects when it cannot be started. */
function runCommand(
  command: readonly string[],
  { env = {}, cwd, input = "" }: CommandOptions = {},
): Promise<CommandResult> {
  const [program = "", ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
    });
    let output = "";
    let stdout = "";
    child.stdout.on("data", (data: Buffer) => {
      output += data.toString();
      stdout += data.toString();
    });
    child.stderr.on("data", (data: Buffer) => (output += data.toString()));
    // A program that ends without reading its input is no failure of ours.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    child.on("error", reject);
    child.on("close", (status) => resolve({ status: status ?? 1, output, stdout }));
  });
}

/** A client with its settings: `succeeds` and `fails` say with its own output what went otherwise. */
export class Client {
  readonly #prefix: readonly string[];
  readonly #options: CommandOptions;

  constructor(prefix: readonly string[], options: CommandOptions = {}) {
    this.#prefix = prefix;
    this.#options = options;
  }

  /** Its standard output. @throws Error when the status is not 0 */
  async succeeds(args: readonly string[], options: CommandOptions = {}): Promise<string> {
    const { status, output, stdout } = await this.run(args, options);
    if (status !== 0) throw new Error(`${args.join(" ")} exited with ${status}: ${output.trim()}`);
    return stdout;
  }

  /** @throws Error when the status is 0, or the output lacks one of the words */
  async fails(args: readonly string[], ...words: readonly string[]): Promise<void> {
    const { status, output } = await this.run(args);
    if (status === 0) throw new Error(`${args.join(" ")} succeeded: ${output.trim()}`);
    for (const word of words) {
      if (!output.includes(word))
        throw new Error(`${args.join(" ")} did not say "${word}": ${output.trim()}`);
    }
  }

  run(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return runCommand([...this.#prefix, ...args], { ...this.#options, ...options });
  }
}

/** Any program of this machine. */
export const SHELL = new Client([]);
