import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { finished } from "node:stream/promises";

/** A tool that ended badly. The message has the end of its log and the log's path. */
export class ToolError extends Error {
  override readonly name = "ToolError";
}

export interface ToolOptions {
  cwd?: string;
  /** Added to the environment that the tool gets. */
  env?: Record<string, string>;
  /** Called with every line that the tool prints, for progress. */
  onLine?: (line: string) => void;
}

/** Runs programs for one stage; everything that they print is appended to one log file. */
export interface ToolRunner {
  readonly logFile: string;
  /**
   * @returns what the tool wrote to standard output
   * @throws ToolError when it cannot be started or does not exit with 0
   */
  readonly run: (command: string, args: string[], options?: ToolOptions) => Promise<string>;
}

const TAIL_LINES = 15;

/** The end of a text, for an error message. */
export function tailOf(text: string, lines = TAIL_LINES): string {
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}

/** Niceness of what fills gaps (nice(1)). */
const BACKGROUND = ["-n", "15"];

export interface ToolRunnerOptions {
  /** Whether its tools give way to others. */
  readonly background?: boolean;
  /** Ends the tool that runs, which fails then. */
  readonly signal?: AbortSignal | undefined;
}

export function createToolRunner(
  logFile: string,
  { background = false, signal }: ToolRunnerOptions = {},
): ToolRunner {
  return {
    logFile,
    async run(command, args, options = {}) {
      signal?.throwIfAborted();
      await mkdir(dirname(logFile), { recursive: true });
      const log = createWriteStream(logFile, { flags: "a" });
      log.write(`$ ${[command, ...args].join(" ")}\n`);
      const child = spawn(
        background ? "nice" : command,
        background ? [...BACKGROUND, command, ...args] : args,
        {
          cwd: options.cwd,
          env: { ...process.env, LC_ALL: "C.UTF-8", ...options.env },
          stdio: ["ignore", "pipe", "pipe"],
          signal,
        },
      );
      let output = "";
      const read = async (stream: NodeJS.ReadableStream, keep: boolean): Promise<void> => {
        for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
          log.write(`${line}\n`);
          if (keep) output += `${line}\n`;
          options.onLine?.(line);
        }
      };
      const ended = new Promise<string | undefined>((resolve) => {
        child.once("error", (error) => resolve(error.message));
        child.once("close", (code, signal) =>
          resolve(
            code === 0 ? undefined : signal === null ? `exit status ${code ?? "?"}` : `signal ${signal}`,
          ),
        );
      });
      const [problem] = await Promise.all([ended, read(child.stdout, true), read(child.stderr, false)]);
      log.end();
      await finished(log);
      if (problem !== undefined) {
        const tail = tailOf(await readFile(logFile, "utf8"));
        throw new ToolError(`${command} failed (${problem}). The end of ${logFile}:\n${tail}`);
      }
      return output;
    },
  };
}
