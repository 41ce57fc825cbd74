/**
 * A Debian i386 in a folder, to run Debian's own tools in. Packages are unpacked but not configured, which is enough for
 * that and takes seconds. Needs root for the chroot, as the disk stage does.
 */
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RecipeContext } from "./recipe";
import { takeCopyrights, takeFrom, type TakenFiles } from "./take-files";

export interface Workshop {
  /** The folder. */
  readonly root: string;
  /** Takes files as `takeFrom` does, with the copyrights and versions of the packages that they are from. */
  take(patterns: readonly string[]): Promise<TakenFiles>;
  /** Runs a shell script in it, with `/` as its folder. @returns what it printed; @throws ToolError */
  run(script: string): Promise<string>;
}

/** What every workshop needs: its scripts are run by `sh`. */
const SHELL = "dash";

/** A recipe's tree, for `Wants`. */
export const workshopOf = (...packages: readonly string[]): string[] => [SHELL, ...packages];

/** Folders that are links into usr; base-files makes them when it is configured. */
const MERGED = ["bin", "sbin", "lib"];
/** Name, and major and minor number (Linux' devices.txt). */
const DEVICES = [
  ["null", "1", "3"],
  ["zero", "1", "5"],
  ["urandom", "1", "9"],
] as const;

/** A tree of packages in a folder. */
export interface UnpackedTree {
  readonly root: string;
  /** Package name to version. */
  readonly versions: ReadonlyMap<string, string>;
  /** Path, without a leading slash, to the name of the package that it is from. */
  readonly owners: ReadonlyMap<string, string>;
}

/** Unpacks the tree that the recipe wanted. @param name of the folder */
export async function unpackTree(
  { work, material, run }: RecipeContext,
  name: string,
): Promise<UnpackedTree> {
  const root = join(work, name);
  for (const folder of ["dev", "tmp", "usr", ...MERGED.map((merged) => `usr/${merged}`)]) {
    await mkdir(join(root, folder), { recursive: true });
  }
  for (const merged of MERGED) await symlink(`usr/${merged}`, join(root, merged));
  const versions = new Map<string, string>();
  const owners = new Map<string, string>();
  for (const each of material.tree) {
    versions.set(each.package, each.version);
    // Not dpkg-deb --extract, which would put a folder in the place of a link. What is unpacked is listed on the way.
    const script = 'dpkg-deb --fsys-tarfile "$0" | tar -xv --keep-directory-symlink -C "$1"';
    for (const path of (await run("sh", ["-c", script, material.path(each), root])).split("\n")) {
      owners.set(path.replace(/^\.\//, ""), each.package);
    }
  }
  return { root, versions, owners };
}

/** Opens a workshop on the tree that the recipe wanted. */
export async function openWorkshop(context: RecipeContext): Promise<Workshop> {
  const { run } = context;
  if (process.getuid?.() !== 0)
    throw new Error("some images can only be built by root (try: sudo npm run images)");
  const { root, versions, owners } = await unpackTree(context, "workshop");
  for (const [name, major, minor] of DEVICES) {
    await run("mknod", ["-m", "666", join(root, "dev", name), "c", major, minor]);
  }
  await chmod(join(root, "tmp"), 0o1777);
  return {
    root,
    take: async (patterns) => {
      const entries = await takeFrom(root, patterns);
      const names = [...new Set(entries.flatMap(({ path }) => owners.get(path) ?? []))].sort();
      const packages = Object.fromEntries(names.map((name) => [name, versions.get(name) ?? ""]));
      return { entries: [...entries, ...(await takeCopyrights(root, names))], packages };
    },
    run: async (script) => {
      await writeFile(join(root, "tmp/script"), script);
      const environment = ["-i", "PATH=/usr/bin:/usr/sbin", "LC_ALL=C", "HOME=/tmp", "TZ=UTC"];
      return run("env", [...environment, "chroot", root, "/usr/bin/sh", "-eu", "/tmp/script"]);
    },
  };
}
