/**
 * A small Debian archive on this machine, of files that were verified when they were fetched, for tools that want to read
 * an archive by themselves (mmdebstrap): `dists/<suite>/` and `pool/`.
 */
import { createHash } from "node:crypto";
import { link, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Material } from "./inputs";
import type { Run } from "./private-apt";
import type { PackageFile } from "./wants";

export interface LocalArchiveOptions {
  readonly suite: string;
  readonly architecture: string;
  /** An empty folder on the file system of the store: files are linked. */
  readonly folder: string;
  readonly run: Run;
}

/** @returns the line for a sources list */
export async function writeLocalArchive(
  packages: readonly PackageFile[],
  material: Pick<Material, "path">,
  { suite, architecture, folder, run }: LocalArchiveOptions,
): Promise<string> {
  const lists = join(folder, "dists", suite, "main", `binary-${architecture}`);
  await mkdir(join(folder, "pool"), { recursive: true });
  await mkdir(lists, { recursive: true });
  const stanzas: string[] = [];
  for (const file of packages) {
    const path = join(folder, "pool", file.name);
    await link(material.path(file), path);
    const control = (await run("dpkg-deb", ["--field", path])).trim();
    stanzas.push(`${control}\nFilename: pool/${file.name}\nSize: ${file.bytes}\nSHA256: ${file.sha256}\n`);
  }
  const index = stanzas.join("\n");
  await writeFile(join(lists, "Packages"), index);
  await writeFile(join(folder, "dists", suite, "Release"), describeRelease(suite, architecture, index));
  return `deb [trusted=yes] copy:${folder} ${suite} main`;
}

function describeRelease(suite: string, architecture: string, index: string): string {
  const sha256 = createHash("sha256").update(index).digest("hex");
  const path = `main/binary-${architecture}/Packages`;
  return [
    "Origin: Debian",
    `Suite: ${suite}`,
    `Codename: ${suite}`,
    `Architectures: ${architecture}`,
    "Components: main",
    "SHA256:",
    ` ${sha256} ${Buffer.byteLength(index)} ${path}`,
    "",
  ].join("\n");
}
