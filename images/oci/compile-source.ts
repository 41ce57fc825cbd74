/**
 * Compiles one of Debian's source packages for the guest with the cross compiler of this machine, as the kernel and our own
 * programs are compiled, against the headers and libraries of the tree that the recipe wanted. Debian's own compiler would
 * be 60 MB more to fetch and unpack, and a program for i386 itself: it takes half as long again.
 */
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Source } from "../debian/wants";
import { CREATED, type LayerEntry } from "./layer";
import type { RecipeContext } from "./recipe";
import { LIBRARIES } from "./take-files";
import { unpackTree } from "./workshop";

/** A recipe's tree, for `Wants`: what every program is compiled against, and these packages. */
export const developmentOf = (...packages: readonly string[]): string[] => ["libc6-dev", ...packages];

const SOURCES = "src";
/** For what writes the date of its compilation into itself: that of the layers. */
const SOURCE_DATE = String(Date.parse(CREATED) / 1000);

const COMPILER = "i686-linux-gnu-gcc";

/**
 * Makes `gcc` for a script: it compiles with the tree's headers and links with its libraries. The cross compiler has some of
 * its own, of this machine's release, which it would take first. With RUN_HERE set, programs find their interpreter and
 * libraries in the tree: a `configure` runs some.
 *
 * @param root a tree of Debian i386
 * @param folder where `gcc` is put
 */
export async function writeCompiler(root: string, folder: string, run: RecipeContext["run"]): Promise<void> {
  const own = (await run(COMPILER, ["-print-file-name=include"])).trim();
  const libraries = join(root, LIBRARIES);
  const headers = [own, join(root, "usr/include/i386-linux-gnu"), join(root, "usr/include")];
  const lines = [
    "#!/bin/sh",
    `if [ -n "\${RUN_HERE-}" ]; then`,
    `  set -- '-Wl,--dynamic-linker=${libraries}/ld-linux.so.2' '-Wl,-rpath,${libraries}' "$@"`,
    "fi",
    `exec ${COMPILER} --sysroot='${root}' -nostdinc ${headers.map((each) => `-isystem '${each}'`).join(" ")} \\`,
    `  -B'${libraries}/' -L'${libraries}' "$@"`,
    "",
  ];
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "gcc"), lines.join("\n"), { mode: 0o755 });
}

export interface Compiled {
  readonly source: Source;
  /** Where the source was compiled. */
  readonly folder: string;
  readonly copyright: LayerEntry;
}

/**
 * Unpacks the source and runs a shell script in its folder, where `gcc` compiles for the guest. `$SRC` is the folder above
 * it, with the files that the caller gives.
 *
 * @param options.name the source package's; the recipe must have wanted it
 * @param options.script a path
 * @param options.files paths
 * @throws ToolError
 */
export async function compileSource(
  context: RecipeContext,
  { name, script, files = [] }: { name: string; script: string; files?: readonly string[] },
): Promise<Compiled> {
  const { work, run } = context;
  const { root } = await unpackTree(context, "sysroot");
  const source = await unpackSource(context, name);
  const sources = join(work, SOURCES);
  for (const file of files) await copyFile(file, join(sources, basename(file)));
  const programs = join(work, "bin");
  await writeCompiler(root, programs, run);
  const folder = join(sources, name);
  const environment = [
    ...["LC_ALL=C", "TZ=UTC", `HOME=${work}`, `PATH=${programs}:${process.env["PATH"] ?? ""}`],
    // redis asks git for its version, and would be told that of whatever the cache lies in.
    ...["GIT_DIR=/nonexistent", `SOURCE_DATE_EPOCH=${SOURCE_DATE}`, `SRC=${sources}`],
  ];
  await run("env", ["-i", ...environment, "sh", "-eu", script], { cwd: folder });
  return { source, folder, copyright: await takeSourceCopyright(folder, source) };
}

/**
 * Unpacks a source package into its folder: with Debian's patches, or, where the mirror had nothing better, what upstream
 * publishes.
 */
async function unpackSource({ work, material, run }: RecipeContext, name: string): Promise<Source> {
  const source = material.sources.find((each) => each.source === name);
  if (source === undefined) throw new Error(`the recipe did not want the source ${name}`);
  const folder = join(work, SOURCES);
  await mkdir(folder);
  if (source.form === "debian") {
    // dpkg-source finds the other files beside the .dsc.
    for (const file of source.files) await copyFile(material.path(file), join(folder, file.name));
    const description = source.files.find((file) => file.name.endsWith(".dsc"));
    if (description === undefined) throw new Error(`${name} has no .dsc`);
    await run("dpkg-source", ["--no-check", "-x", description.name, name], { cwd: folder });
  } else {
    await mkdir(join(folder, name));
    const [tarball] = source.files;
    if (tarball === undefined) throw new Error(`${name} has no upstream tarball`);
    await run("tar", ["-xf", material.path(tarball), "-C", join(folder, name), "--strip-components=1"]);
  }
  return source;
}

/** The copyright of a program that was compiled from source: Debian's account of it, or the authors' own licence. */
async function takeSourceCopyright(folder: string, { source, form }: Source): Promise<LayerEntry> {
  const path = `usr/share/doc/${source}/copyright`;
  if (form === "debian")
    return { kind: "file", path, content: await readFile(join(folder, "debian/copyright")) };
  const licence = (await readdir(folder))
    .sort()
    .find((name) => /^(licen[cs]e|copying|copyright)/i.test(name));
  if (licence === undefined) throw new Error(`the source of ${source} has no licence in its first folder`);
  return { kind: "file", path, content: await readFile(join(folder, licence)) };
}
