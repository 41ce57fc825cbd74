/** A small archive of toy packages, made by Debian's own tools, for tests that no network is needed for. */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeLocalArchive } from "../local-archive";
import type { Run } from "../private-apt";
import type { PackageFile } from "../wants";

export const TOY_SUITE = "toys";
export const TOY_ARCHITECTURE = "i386";

interface ToyPackage {
  readonly name: string;
  readonly version: string;
  readonly source?: string;
  readonly depends?: string;
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Two versions of the library's family, one of the rest. */
const PACKAGES: readonly ToyPackage[] = [
  { name: "libtoy", version: "1.0-1", source: "toy" },
  { name: "toy-tools", version: "1.0-1", source: "toy", depends: "libtoy (= 1.0-1)" },
  { name: "libtoy", version: "1.1-1+deb13u2", source: "toy" },
  { name: "toy-tools", version: "1.1-1+deb13u2", source: "toy", depends: "libtoy (= 1.1-1+deb13u2)" },
  { name: "app", version: "2-1", depends: "toy-tools" },
  { name: "alone", version: "5:3-1" },
];

/** Writes `dists/` and `pool/` into the folder, with a source package in one version. */
export async function writeToyArchive(folder: string, work: string, run: Run): Promise<void> {
  const files = new Map<string, string>();
  const packages: PackageFile[] = [];
  await mkdir(join(work, "debs"), { recursive: true });
  for (const toy of PACKAGES) {
    const path = await buildPackage(toy, work, run);
    const bytes = await readFile(path);
    const digest = sha256(bytes);
    const name = `${toy.name}_${toy.version.replace(/^\d+:/, "")}_all.deb`;
    files.set(digest, path);
    packages.push({
      name,
      uri: "",
      bytes: bytes.length,
      sha256: digest,
      package: toy.name,
      version: toy.version,
    });
  }
  const path = (file: { sha256: string }): string => files.get(file.sha256) ?? "";
  await writeLocalArchive(
    packages,
    { path },
    { suite: TOY_SUITE, architecture: TOY_ARCHITECTURE, folder, run },
  );
  await addSources(folder, TOY_SUITE, "1.1-1+deb13u2");
}

/** The security archive: a newer source, and nothing else. */
export async function writeToySecurity(folder: string, run: Run): Promise<void> {
  const suite = `${TOY_SUITE}-security`;
  await writeLocalArchive([], { path: () => "" }, { suite, architecture: TOY_ARCHITECTURE, folder, run });
  await addSources(folder, suite, "1.1-1+deb13u3");
}

async function buildPackage(
  { name, version, source, depends }: ToyPackage,
  work: string,
  run: Run,
): Promise<string> {
  const tree = join(work, `${name}-${version.replace(":", ".")}`);
  await mkdir(join(tree, "DEBIAN"), { recursive: true });
  await mkdir(join(tree, "usr/share/doc", name), { recursive: true });
  // Noise, so that a slow or cut body is one.
  const noise = Buffer.from(
    Array.from({ length: 40_000 }, (_, i) => sha256(Buffer.from(`${tree}${i >> 5}`))[i % 64] ?? "x").join(""),
  );
  await writeFile(join(tree, "usr/share/doc", name, "noise"), noise);
  const lines = [
    `Package: ${name}`,
    ...(source === undefined ? [] : [`Source: ${source}`]),
    `Version: ${version}`,
    "Architecture: all",
    "Maintainer: nobody <nobody@example.org>",
    ...(depends === undefined ? [] : [`Depends: ${depends}`]),
    "Description: a toy",
    "",
  ];
  await writeFile(join(tree, "DEBIAN/control"), lines.join("\n"));
  const file = `${tree}.deb`;
  await run("dpkg-deb", ["--build", "--root-owner-group", tree, file]);
  return file;
}

/** A source `toy` with an upstream tarball, Debian's part and a `.dsc`, and its list. */
async function addSources(folder: string, suite: string, version: string): Promise<void> {
  const pool = join(folder, "pool/toy");
  await mkdir(pool, { recursive: true });
  const names = ["toy_1.1.orig.tar.gz", `toy_${version}.debian.tar.xz`, `toy_${version}.dsc`];
  for (const name of names) await writeFile(join(pool, name), `what is in ${name}`);
  const sums = await Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(join(pool, name));
      return ` ${sha256(bytes)} ${bytes.length} ${name}`;
    }),
  );
  const stanza = [
    "Package: toy",
    "Binary: libtoy",
    `Version: ${version}`,
    "Architecture: all",
    "Format: 3.0 (quilt)",
    "Directory: pool/toy",
    "Checksums-Sha256:",
    ...sums,
    "",
  ].join("\n");
  const list = join(folder, "dists", suite, "main/source");
  await mkdir(list, { recursive: true });
  await writeFile(join(list, "Sources"), stanza);
  const release = join(folder, "dists", suite, "Release");
  const text = await readFile(release, "utf8");
  const line = ` ${sha256(Buffer.from(stanza))} ${stanza.length} main/source/Sources`;
  await writeFile(release, `${text.trimEnd()}\n${line}\n`);
}
