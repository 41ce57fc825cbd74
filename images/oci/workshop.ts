/**
 * A Debian i386 in a folder, to compile in and to run Debian's own tools in. Packages are unpacked but not configured,
 * which is enough for that and takes seconds. Needs root for the chroot, as the disk stage does.
 */
import { chmod, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
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

/** Unpacks the packages and all that they depend on. */
export async function openWorkshop(
  { work, openDebian, run }: RecipeContext,
  wanted: readonly string[],
): Promise<Workshop> {
  if (process.getuid?.() !== 0)
    throw new Error("some images can only be built by root (try: sudo npm run images)");
  const root = join(work, "workshop");
  for (const folder of ["dev", "tmp", "usr", ...MERGED.map((name) => `usr/${name}`)]) {
    await mkdir(join(root, folder), { recursive: true });
  }
  for (const name of MERGED) await symlink(`usr/${name}`, join(root, name));
  const debian = await openDebian();
  const names = await debian.withDependencies(["dash", ...wanted]);
  const versions = new Map<string, string>();
  const owners = new Map<string, string>();
  for (const { name, version, file } of await debian.download(names, join(work, "workshop-packages"))) {
    versions.set(name, version);
    for (const path of await listContent(file, run)) owners.set(path, name);
    // Not dpkg-deb --extract, which would put a folder in the place of a link.
    await run("sh", [
      "-c",
      'dpkg-deb --fsys-tarfile "$0" | tar -x --keep-directory-symlink -C "$1"',
      file,
      root,
    ]);
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

/** Paths of a package's files, without a slash at the beginning. */
async function listContent(deb: string, run: RecipeContext["run"]): Promise<string[]> {
  const listed = await run("sh", ["-c", 'dpkg-deb --fsys-tarfile "$0" | tar -t', deb]);
  return listed.split("\n").map((path) => path.replace(/^\.\//, ""));
}

/** Downloads and unpacks a source package with Debian's patches into `/src/<name>`. @returns name to version */
export async function unpackSource(
  workshop: Workshop,
  { openDebian }: RecipeContext,
  name: string,
): Promise<Record<string, string>> {
  const debian = await openDebian();
  const versions = await debian.downloadSources([name], join(workshop.root, "src"));
  await workshop.run(`cd /src; dpkg-source --no-check -x ${name}_*.dsc ${name}`);
  return versions;
}

/** The copyright of a program that was compiled from an unpacked source package. */
export async function takeSourceCopyright(workshop: Workshop, name: string): Promise<LayerEntry> {
  const content = await readFile(join(workshop.root, "src", name, "debian/copyright"));
  return { kind: "file", path: `usr/share/doc/${name}/copyright`, content };
}

/** 1.26.3 of 1.26.3-3+deb13u7. */
export function upstreamVersion(version: string): string {
  return version.replace(/^\d+:/, "").replace(/-[^-]*$/, "");
}
