import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";

/** Everything that a stage's result depends on. */
export interface StageInputs {
  /** Files, or folders with all that is in them except tests. Names count relative to the entry. */
  files?: string[];
  /** Settings, by name. */
  values?: Record<string, string>;
  /** Stages that were built before. */
  stages?: { name: string; key: string }[];
}

/** Hashes a file's kind, mode and content; a folder entry by entry in byte order of names. */
async function describeFile(path: string, name: string, into: string[]): Promise<void> {
  const stat = await lstat(path);
  if (stat.isDirectory()) {
    into.push(`folder ${name}`);
    for (const entry of (await readdir(path)).sort()) {
      if (!entry.endsWith(".test.ts")) await describeFile(join(path, entry), `${name}/${entry}`, into);
    }
  } else if (stat.isSymbolicLink()) {
    into.push(`link ${name} ${await readlink(path)}`);
  } else {
    const mode = (stat.mode & 0o111) === 0 ? "file" : "program";
    const digest = createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
    into.push(`${mode} ${name} ${digest}`);
  }
}

/**
 * The key of a stage: a sha256 in hex. The order in which inputs are listed counts for files and stages, not for values.
 * Where a file lies does not count.
 */
export async function computeStageKey(name: string, inputs: StageInputs): Promise<string> {
  const lines = [`stage ${name}`];
  for (const [index, path] of (inputs.files ?? []).entries()) await describeFile(path, String(index), lines);
  for (const [key, value] of Object.entries(inputs.values ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    lines.push(`value ${JSON.stringify([key, value])}`);
  }
  for (const stage of inputs.stages ?? []) lines.push(`after ${stage.name} ${stage.key}`);
  return createHash("sha256").update(lines.join("\n")).digest("hex");
}
