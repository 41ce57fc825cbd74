/** Compiles the agent: static and i386 for the image, native for the tests. */
import { execFile } from "node:child_process";
import { chmod, mkdir } from "node:fs/promises";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const folder = dirname(fileURLToPath(import.meta.url));
const run = promisify(execFile);

/** Debian's package `gcc-i686-linux-gnu`. */
export const GUEST_COMPILER = "i686-linux-gnu-gcc";

const WARNINGS = ["-std=c11", "-Wall", "-Wextra", "-Werror"];
const GUEST_FLAGS = [
  "-Os",
  "-static",
  "-s",
  // Without these the 32-bit guest cannot be told a date after 2038.
  "-D_TIME_BITS=64",
  "-D_FILE_OFFSET_BITS=64",
  "-ffunction-sections",
  "-fdata-sections",
  "-Wl,--gc-sections,--build-id=none",
];

const named = (suffix: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(suffix))
    .sort()
    .map((name) => join(folder, name));

/** Absolute paths of every file that the binary depends on. */
export function agentInputs(): string[] {
  return [...named(".c"), ...named(".h"), fileURLToPath(import.meta.url)];
}

async function compile(
  compiler: string,
  flags: readonly string[],
  sources: readonly string[],
  output: string,
  log: (line: string) => void,
): Promise<string> {
  const args = [...WARNINGS, ...flags, `-ffile-prefix-map=${folder}=.`, "-o", output, ...sources];
  log(`${compiler} ${args.join(" ")}`);
  await mkdir(dirname(output), { recursive: true });
  const { stderr } = await run(compiler, args);
  if (stderr !== "") log(stderr.trimEnd());
  await chmod(output, 0o755);
  return output;
}

/**
 * Makes `drydock-agent`, a static i386 ELF, in the folder and answers with its path. The same sources and compiler give
 * the same bytes. Throws what the compiler says.
 */
export function buildAgent(outDir: string, log: (line: string) => void = () => undefined): Promise<string> {
  return compile(GUEST_COMPILER, GUEST_FLAGS, named(".c"), join(outDir, "drydock-agent"), log);
}

/** Makes the agent for this machine, with address and undefined-behaviour checks. */
export function buildCheckedAgent(outDir: string): Promise<string> {
  const flags = ["-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
  return compile("gcc", flags, named(".c"), join(outDir, "drydock-agent-checked"), () => undefined);
}

/** Makes the tests' pty between pipes and the agent. */
export function buildPtyBridge(outDir: string): Promise<string> {
  const source = join(folder, "test", "pty-bridge.c");
  return compile("gcc", ["-O1"], [source], join(outDir, "pty-bridge"), () => undefined);
}
