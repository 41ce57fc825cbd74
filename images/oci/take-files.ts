/** Takes files out of Debian packages: only what an image's program needs. */
import { lstat, mkdir, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { LayerEntry } from "./layer";
import type { RecipeContext } from "./recipe";

export interface TakenFiles {
  entries: LayerEntry[];
  packages: Record<string, string>;
}

/** Where Debian has shared libraries for i386. */
export const LIBRARIES = "usr/lib/i386-linux-gnu";

/**
 * Takes what the patterns name out of the packages that the recipe wanted, with modes and links, owned by root, and the
 * copyrights. A pattern is a path in the image without a leading slash; `*` stands for anything in one name, and a slash
 * at the end for all that is in a folder.
 *
 * @throws Error when a pattern finds nothing: a newer package has other files
 */
export async function takeFiles(
  { work, material, run }: RecipeContext,
  patterns: readonly string[],
): Promise<TakenFiles> {
  const root = join(work, "unpacked");
  await mkdir(root, { recursive: true });
  const { packages } = material;
  for (const file of packages) await run("dpkg-deb", ["--extract", material.path(file), root]);
  const versions = packages.map((file): [string, string] => [file.package, file.version]);
  const taken = await takeFrom(root, patterns);
  const copyrights = await takeCopyrights(
    root,
    packages.map((file) => file.package),
  );
  return { entries: [...taken, ...copyrights], packages: Object.fromEntries(versions) };
}

/** Who distributes a package distributes its copyright with it. Some packages leave theirs to another one. */
export async function takeCopyrights(root: string, packages: readonly string[]): Promise<LayerEntry[]> {
  const wanted = new Set(packages.map((name) => `usr/share/doc/${name}/copyright`));
  const paths = (await listPaths(root)).filter((path) => wanted.has(path));
  return Promise.all(paths.map((path) => readEntry(root, path)));
}

/** As `takeFiles`, from a folder that is there. */
export async function takeFrom(root: string, patterns: readonly string[]): Promise<LayerEntry[]> {
  const paths = await listPaths(root);
  const taken = new Set<string>();
  for (const pattern of patterns) {
    const matches = compile(pattern);
    const found = paths.filter(matches);
    if (found.length === 0) throw new Error(`no file is ${pattern}`);
    for (const path of found) taken.add(path);
  }
  return Promise.all([...taken].sort().map((path) => readEntry(root, path)));
}

function compile(pattern: string): (path: string) => boolean {
  if (pattern.endsWith("/")) return (path) => path.startsWith(pattern);
  const escaped = pattern.split("*").map((part) => part.replace(/[.+^${}()|[\]\\?]/g, "\\$&"));
  const expression = new RegExp(`^${escaped.join("[^/]*")}$`);
  return (path) => expression.test(path);
}

/** Files and links, not folders. */
async function listPaths(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

async function readEntry(root: string, path: string): Promise<LayerEntry> {
  const full = join(root, path);
  const stat = await lstat(full);
  if (stat.isSymbolicLink()) return { kind: "link", path, target: await readlink(full) };
  return { kind: "file", path, mode: stat.mode & 0o7777, content: await readFile(full) };
}

/** A file of our own. */
export function textFile(path: string, content: string, mode?: number): LayerEntry {
  return { kind: "file", path, content: Buffer.from(content), ...(mode === undefined ? {} : { mode }) };
}

/** Our own files, from a recipe's folder: target path to source name. What begins with `#!` is a program. */
export async function ownFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<LayerEntry[]> {
  return Promise.all(
    Object.entries(files).map(async ([path, name]): Promise<LayerEntry> => {
      const content = await readFile(join(folder, name));
      return {
        kind: "file",
        path,
        mode: content.subarray(0, 2).toString() === "#!" ? 0o755 : 0o644,
        content,
      };
    }),
  );
}
