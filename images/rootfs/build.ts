import {
  chmod,
  copyFile,
  lstat,
  lutimes,
  mkdir,
  readdir,
  readFile,
  rm,
  truncate,
  writeFile,
} from "node:fs/promises";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { ARCHITECTURE, type DebianInputs, type Material, SUITE } from "../debian/inputs";
import { writeLocalArchive } from "../debian/local-archive";
import type { Consumer } from "../debian/wants";
import type { Stage, StageContext } from "../pipeline/stage";
import { EXCLUDED_PATHS, INCLUDED_PATHS, PACKAGES, REMOVED_PATHS } from "./packages";
import { addCertificates, addTerminator, TERMINATOR } from "./tls";

/** stunnel's program alone is taken (tls.ts). Essential is what every Debian has. */
export const diskConsumer: Consumer = {
  name: "disk",
  ways: [{ packages: [TERMINATOR], tree: ["?essential", ...PACKAGES] }],
  needed: true,
};
/** Virtual size; the file is sparse, and blocks of zeros cost nothing anywhere. */
const DISK_BYTES = 2 * 1024 ** 3;
const EPOCH = Date.parse("2025-08-09T00:00:00Z") / 1000;
const FILE_SYSTEM_UUID = "6472790d-6f63-4b00-8000-000000000001";
const HASH_SEED = "6472790d-6f63-4b00-8000-000000000002";
/** Neither a journal nor checksums: the disk lives in a browser's memory, and each write costs the learner time. */
const FEATURES = "^has_journal,^metadata_csum,^64bit";

export interface DiskInputs {
  /** Archives for `docker load` on the first boot. Their bytes count, not the recipes that made them. */
  images: string[];
  /** A tar of a root file system, for `docker import`. */
  template: string;
  /** Static i386 programs for /usr/local/sbin. */
  programs: string[];
  debian: DebianInputs;
}

/**
 * Debian trixie for i386 with our overlay, as an ext4 image. Leaves `disk.img` and `packages.json` (package name to
 * version). Needs root, as mmdebstrap does to make device nodes and owners as they must be.
 */
export function diskStage({ images, template, programs, debian }: DiskInputs): Stage {
  return {
    name: "disk",
    inputs: {
      files: [import.meta.dirname, ...programs, template, ...images],
      values: { suite: SUITE, architecture: ARCHITECTURE, inputs: debian.grade(diskConsumer.name) },
    },
    async build(context) {
      if (process.getuid?.() !== 0)
        throw new Error("the disk can only be built by root (try: sudo npm run images)");
      const root = join(context.work, "root");
      const material = await debian.material(diskConsumer.name, context.work, context.run);
      const packages = await installPackages(context, root, material);
      context.say("adding our own files");
      Object.assign(packages, await addTerminator(context, root, material));
      await addCertificates(context, root);
      await addOverlay(context, root, programs);
      await addImages(root, images);
      await addTemplate(root, template);
      await removeWaste(root);
      await levelTimes(root);
      await makeFileSystem(context, root);
      await writeFile(join(context.out, "packages.json"), `${JSON.stringify(packages, null, 2)}\n`);
    },
  };
}

/** @returns package name to version */
async function installPackages(
  { say, update, progress, run, work }: StageContext,
  root: string,
  material: Material,
): Promise<Record<string, string>> {
  say("unpacking packages");
  const archive = join(work, "archive");
  const options = { suite: SUITE, architecture: ARCHITECTURE, folder: archive, run };
  const sourceLine = await writeLocalArchive(material.tree, material, options);
  const total = material.tree.length;
  let unpacked = 0;
  await run(
    "mmdebstrap",
    [
      "--mode=root",
      "--variant=essential",
      `--architectures=${ARCHITECTURE}`,
      `--include=${PACKAGES.join(",")}`,
      '--aptopt=APT::Install-Recommends "false"',
      ...EXCLUDED_PATHS.map((path) => `--dpkgopt=path-exclude=${path}`),
      ...INCLUDED_PATHS.map((path) => `--dpkgopt=path-include=${path}`),
      "--verbose",
      SUITE,
      root,
      sourceLine,
    ],
    {
      env: { SOURCE_DATE_EPOCH: String(EPOCH) },
      onLine(line) {
        if (!/^Unpacking \S+/.test(line)) return;
        unpacked += 1;
        update(`unpacking packages, ${unpacked} of ${total}`);
        progress((unpacked / total) * 0.6);
      },
    },
  );
  const listed = await run("chroot", [root, "dpkg-query", "--show", "--showformat=${Package} ${Version}\\n"]);
  const rows = listed
    .trim()
    .split("\n")
    .map((line) => line.split(" ") as [string, string]);
  return Object.fromEntries(rows);
}

/** Our own files and programs, and the ordinary user. */
async function addOverlay({ run }: StageContext, root: string, programs: string[]): Promise<void> {
  const overlay = join(import.meta.dirname, "overlay");
  await run("cp", ["-a", "--no-preserve=ownership", `${overlay}/.`, `${root}/`]);
  await chmod(join(root, "etc/sudoers.d/learner"), 0o440);
  for (const program of programs) {
    const target = join(root, "usr/local/sbin", basename(program));
    await copyFile(program, target);
    await chmod(target, 0o755);
  }
  await run("chroot", [root, "useradd", "--create-home", "--shell", "/bin/bash", "learner"]);
  await run("chroot", [root, "chown", "-R", "learner:learner", "/home/learner"]);
  await run("chroot", [root, "ln", "-sf", "vim.tiny", "/usr/bin/vim"]);
}

/** The first boot loads these into Docker's store and removes them. */
async function addImages(root: string, archives: string[]): Promise<void> {
  const target = join(root, "usr/local/lib/drydock/images");
  await mkdir(target, { recursive: true });
  for (const archive of archives) await copyFile(archive, join(target, basename(archive)));
}

/** The root file system that the learner imports. @param layer a tar of it */
async function addTemplate(root: string, layer: string): Promise<void> {
  const bytes = gzipSync(await readFile(layer), { level: 9 });
  await writeFile(join(root, "usr/local/share/templates/rootfs.tar.gz"), bytes);
}

async function removeWaste(root: string): Promise<void> {
  for (const path of REMOVED_PATHS) await rm(join(root, path), { recursive: true, force: true });
}

/** No file is newer than the recipe's own date: neither the hour of the build nor that of the checkout shows. */
async function levelTimes(path: string): Promise<void> {
  const entry = await lstat(path);
  if (entry.isDirectory()) {
    for (const name of await readdir(path)) await levelTimes(join(path, name));
  }
  if (entry.mtimeMs / 1000 > EPOCH) await lutimes(path, EPOCH, EPOCH);
}

async function makeFileSystem({ say, run, out }: StageContext, root: string): Promise<void> {
  say("making the file system");
  const image = join(out, "disk.img");
  await writeFile(image, "");
  await truncate(image, DISK_BYTES);
  await run(
    "mke2fs",
    [
      ...["-q", "-F", "-t", "ext4", "-b", "4096", "-m", "0", "-L", "drydock", "-O", FEATURES],
      ...["-U", FILE_SYSTEM_UUID, "-E", `lazy_itable_init=0,hash_seed=${HASH_SEED}`],
      ...["-d", root, image],
    ],
    { env: { E2FSPROGS_FAKE_TIME: String(EPOCH), SOURCE_DATE_EPOCH: String(EPOCH) } },
  );
}
