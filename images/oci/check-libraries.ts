/** Sees to it that every program of an image finds its shared libraries in the image. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { ToolOptions } from "../pipeline/run-tool";
import type { LayerEntry } from "./layer";

type Run = (command: string, args: string[], options?: ToolOptions) => Promise<string>;

/** Names under which libraries are found: of files and of links. */
export function libraryNames(entries: readonly LayerEntry[]): string[] {
  return entries
    .filter(({ kind, path }) => kind !== "folder" && /\.so(\.|$)/.test(path))
    .map(({ path }) => basename(path));
}

function isElf(content: Uint8Array): boolean {
  return Buffer.from(content.subarray(0, 4)).equals(Buffer.from("\x7fELF"));
}

/** The `NEEDED` lines of `readelf --dynamic`. */
export function parseNeeded(output: string): string[] {
  return [...output.matchAll(/\(NEEDED\).*\[(.+)\]/g)].map((match) => match[1] ?? "");
}

/** @throws Error that names each program and what it lacks */
export async function refuseMissingLibraries(
  entries: readonly LayerEntry[],
  available: ReadonlySet<string>,
  run: Run,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "drydock-elf-"));
  const lacking: string[] = [];
  try {
    for (const entry of entries) {
      if (entry.kind !== "file" || !isElf(entry.content)) continue;
      const file = join(folder, "program");
      await writeFile(file, entry.content);
      const needed = parseNeeded(await run("readelf", ["--dynamic", "--wide", file]));
      const missing = needed.filter((name) => !available.has(name));
      if (missing.length > 0) lacking.push(`${entry.path} needs ${missing.join(", ")}`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  if (lacking.length > 0) throw new Error(`libraries that the image does not have: ${lacking.join("; ")}`);
}
