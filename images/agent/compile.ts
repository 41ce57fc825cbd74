/** Compiles C programs of ours: static and i386 for the guest, native for the tests. */
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Debian's package `gcc-i686-linux-gnu`. */
const GUEST_COMPILER = "i686-linux-gnu-gcc";

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
const CHECKED_FLAGS = ["-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/** Absolute paths of the folder's files of that kind, in the order of their names. */
export function filesNamed(folder: string, suffix: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(suffix))
    .sort()
    .map((name) => join(folder, name));
}

/** Absolute paths of every file that a program of this folder depends on, but for who calls `compileForGuest`. */
export function programInputs(folder: string): string[] {
  return [...filesNamed(folder, ".c"), ...filesNamed(folder, ".h"), fileURLToPath(import.meta.url)];
}

/** Throws what the compiler says. */
export async function compile(
  compiler: string,
  flags: readonly string[],
  sources: readonly string[],
  output: string,
  log: (line: string) => void = () => undefined,
): Promise<string> {
  const folder = dirname(sources[0] ?? "");
  const args = [...WARNINGS, ...flags, `-ffile-prefix-map=${folder}=.`, "-o", output, ...sources];
  log(`${compiler} ${args.join(" ")}`);
  await mkdir(dirname(output), { recursive: true });
  const { stderr } = await run(compiler, args);
  if (stderr !== "") log(stderr.trimEnd());
  await chmod(output, 0o755);
  return output;
}

/**
 * Makes a static i386 ELF of the folder's sources and answers with its path. The same sources and compiler give the same
 * bytes.
 */
export function compileForGuest(
  folder: string,
  output: string,
  log: (line: string) => void,
): Promise<string> {
  return compile(GUEST_COMPILER, GUEST_FLAGS, filesNamed(folder, ".c"), output, log);
}

/** Makes the folder's program for this machine, with address and undefined-behaviour checks. */
export function compileChecked(
  folder: string,
  output: string,
  defines: Readonly<Record<string, string>> = {},
): Promise<string> {
  const macros = Object.entries(defines).map(([name, value]) => `-D${name}=${JSON.stringify(value)}`);
  return compile("gcc", [...CHECKED_FLAGS, ...macros], filesNamed(folder, ".c"), output);
}
