/**
 * Whether every path that `.dependency-cruiser.mjs` names is still there. A rule about a folder that was moved forbids
 * nothing, and says nothing of it.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { isProgram } from "../cli";
import { ROOT } from "../site/site";

const pathsSchema = z.object({
  path: z.string().optional(),
  pathNot: z.string().optional(),
});
const configSchema = z.object({
  forbidden: z.array(z.object({ name: z.string(), from: pathsSchema, to: pathsSchema })),
});
export type RuleConfig = z.infer<typeof configSchema>;

/** What Vite makes of itself: what follows `?` is no part of a file's name, and virtual modules are no files. */
const OF_VITE = /\\\?|^\^virtual:/u;
/** `$1` stands for what a group of the rule's `from` has matched: a folder's name. */
const BACK_REFERENCE = /\$\d/gu;

/**
 * A regular expression without alternatives for each way through its groups: `^a/(b|c)/` is `^a/b/` and `^a/c/`. Groups
 * of another kind, `(?!…)`, stay as they are.
 */
export function branchesOf(pattern: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  let open: number | undefined;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at];
    if (char === "\\") at++;
    else if (char === "(") {
      if (depth === 0 && pattern[at + 1] !== "?") open ??= at;
      depth++;
    } else if (char === ")") depth--;
    else if (char === "|" && depth === 0) {
      parts.push(pattern.slice(from, at));
      from = at + 1;
    }
  }
  if (parts.length > 0) return [...parts, pattern.slice(from)].flatMap(branchesOf);
  if (open === undefined) return [pattern];
  const end = groupEnd(pattern, open);
  const rests = branchesOf(pattern.slice(end + 1));
  return branchesOf(pattern.slice(open + 1, end)).flatMap((inner) =>
    rests.map((rest) => pattern.slice(0, open) + inner + rest),
  );
}

/** Where the group that opens at `open` closes. */
function groupEnd(pattern: string, open: number): number {
  let depth = 0;
  for (let at = open; at < pattern.length; at++) {
    if (pattern[at] === "\\") at++;
    else if (pattern[at] === "(") depth++;
    else if (pattern[at] === ")" && --depth === 0) return at;
  }
  throw new Error(`a group does not end: ${pattern}`);
}

/** One line for each part of a rule that fits none of `files` (paths from the repository's root). */
export function findStaleRules({ forbidden }: RuleConfig, files: readonly string[]): string[] {
  return forbidden.flatMap(({ name, from, to }) =>
    [from.path, from.pathNot, to.path, to.pathNot]
      .filter((pattern) => pattern !== undefined)
      .flatMap(branchesOf)
      .filter((branch) => !OF_VITE.test(branch))
      .filter((branch) => {
        const expression = new RegExp(branch.replace(BACK_REFERENCE, "[^/]+"), "u");
        return !files.some((file) => expression.test(file));
      })
      .map((branch) => `${name}: no file is ${branch}`),
  );
}

/** The rules of this repository, held against its files; those that are not in Git yet count too. */
export async function checkRules(): Promise<string[]> {
  const config = (await import(pathToFileURL(join(ROOT, ".dependency-cruiser.mjs")).href)) as {
    readonly default: unknown;
  };
  const list = ["ls-files", "--cached", "--others", "--exclude-standard"];
  const files = execFileSync("git", list, { cwd: ROOT, encoding: "utf8" }).split("\n");
  return findStaleRules(configSchema.parse(config.default), files);
}

if (isProgram(import.meta.url)) {
  const stale = await checkRules();
  for (const line of stale) console.error(line);
  process.exitCode = stale.length === 0 ? 0 : 1;
}
