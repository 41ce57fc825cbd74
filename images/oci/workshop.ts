/**
 * A Debian i386 in a folder, to compile in and to run Debian's own tools in. Packages are unpacked but not configured,
 * which is enough for that and takes seconds. Needs root for the chroot, as the disk stage does.
 */
import { chmod, copyFile, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Source } from "../debian/wants";
import type { LayerEntry } from "./layer";
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

/** What every compilation from a source package needs. */
export const COMPILER = [
  ...["gcc", "libc6-dev", "make", "dpkg-dev", "patch", "xz-utils", "bzip2", "gzip", "tar", "perl"],
  ...["coreutils", "findutils", "diffutils", "grep", "sed", "mawk", "hostname"],
];

/** Folders that are links into usr; base-files makes them when it is configured. */
const MERGED = ["bin", "sbin", "lib"];
/** Name, and major and minor number (Linux' devices.txt). */
const DEVICES = [
  ["null", "1", "3"],
  ["zero", "1", "5"],
  ["urandom", "1", "9"],
] as const;

/** Unpacks the tree that the recipe wanted. */
export async function openWorkshop({ work, material, run }: RecipeContext): Promise<Workshop> {
  if (process.getuid?.() !== 0)
    throw new Error("some images can only be built by root (try: sudo npm run images)");
  const root = join(work, "workshop");
  for (const folder of ["dev", "tmp", "usr", ...MERGED.map((name) => `usr/${name}`)]) {
    await mkdir(join(root, folder), { recursive: true });
  }
  for (const name of MERGED) await symlink(`usr/${name}`, join(root, name));
  const versions = new Map<string, string>();
  const owners = new Map<string, string>();
  for (const each of material.tree) {
    const { package: name, version } = each;
    const file = material.path(each);
    versions.set(name, version);
    // Not dpkg-deb --extract, which would put a folder in the place of a link. What is unpacked is listed on the way.
    const script = 'dpkg-deb --fsys-tarfile "$0" | tar -xv --keep-directory-symlink -C "$1"';
    for (const path of (await run("sh", ["-c", script, file, root])).split("\n")) {
      owners.set(path.replace(/^\.\//, ""), name);
    }
  }
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

/**
 * Unpacks a source package into `/src/<name>`: with Debian's patches, or, where the mirror had nothing better, what
 * upstream publishes.
 */
export async function unpackSource(
  workshop: Workshop,
  { material, run }: RecipeContext,
  name: string,
): Promise<Source> {
  const source = material.sources.find((each) => each.source === name);
  if (source === undefined) throw new Error(`the recipe did not want the source ${name}`);
  const folder = join(workshop.root, "src");
  await mkdir(folder, { recursive: true });
  for (const file of source.files) await copyFile(material.path(file), join(folder, file.name));
  if (source.form === "debian") {
    await workshop.run(`cd /src; dpkg-source --no-check -x ${name}_*.dsc ${name}`);
  } else {
    await mkdir(join(folder, name));
    const [tarball] = source.files;
    if (tarball === undefined) throw new Error(`${name} has no upstream tarball`);
    await run("tar", ["-xf", material.path(tarball), "-C", join(folder, name), "--strip-components=1"]);
  }
  return source;
}

/** The copyright of a program that was compiled from source: Debian's account of it, or the authors' own licence. */
export async function takeSourceCopyright(workshop: Workshop, { source, form }: Source): Promise<LayerEntry> {
  const folder = join(workshop.root, "src", source);
  const path = `usr/share/doc/${source}/copyright`;
  if (form === "debian")
    return { kind: "file", path, content: await readFile(join(folder, "debian/copyright")) };
  const licence = (await readdir(folder))
    .sort()
    .find((name) => /^(licen[cs]e|copying|copyright)/i.test(name));
  if (licence === undefined) throw new Error(`the source of ${source} has no licence in its first folder`);
  return { kind: "file", path, content: await readFile(join(folder, licence)) };
}
