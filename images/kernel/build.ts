import { copyFile, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { DebianInputs } from "../debian/inputs";
import type { Run } from "../debian/private-apt";
import type { Consumer } from "../debian/wants";
import type { Stage, StageContext } from "../pipeline/stage";
import { findLostOptions } from "./config";

const SOURCE_PACKAGE = "linux-source-6.12";
const FRAGMENT = join(import.meta.dirname, "drydock.config");
const PRECOMPILED = join(import.meta.dirname, "precompiled");
const HEADERS = ["core", "net"];
/** Files that are compiled with today's options, for the progress alone. */
const USUAL_FILES = 1210;

export const kernelConsumer: Consumer = {
  name: "kernel",
  ways: [{ packages: [SOURCE_PACKAGE] }],
  needed: true,
};

/** What the kernel was made from; `kernel.json` in the stage's folder. */
export interface KernelProvenance {
  package: string;
  version: string;
  compiler: string;
}

/**
 * Debian's kernel source with our options, cross-compiled for i386. Leaves `bzImage`, `config` and `kernel.json`.
 * Nothing of the machine or of the hour goes into the image: the build date is that of the source.
 */
export function kernelStage(debian: DebianInputs): Stage {
  return {
    name: "kernel",
    inputs: {
      files: [
        FRAGMENT,
        PRECOMPILED,
        join(import.meta.dirname, "build.ts"),
        join(import.meta.dirname, "config.ts"),
      ],
      values: { source: SOURCE_PACKAGE, inputs: debian.grade(kernelConsumer.name) },
    },
    build: (context) => buildKernel(context, debian),
  };
}

async function buildKernel(
  { out, work, say, update, progress, run }: StageContext,
  debian: DebianInputs,
): Promise<void> {
  const material = await debian.material(kernelConsumer.name, work, run);
  const [source] = material.packages;
  if (source === undefined) throw new Error(`nothing was fetched of ${SOURCE_PACKAGE}`);

  say(`unpacking Linux ${source.version}`);
  await unpackSource(material.path(source), work, run);
  const tree = join(work, SOURCE_PACKAGE);
  const date = (await stat(join(tree, "Makefile"))).mtime.toISOString();

  const headers = join(work, "headers");
  await mkdir(headers);
  // Beside the tree: make cannot do with a space in a path, and who has one in this folder's may have none in the cache's.
  const wrapper = join(work, "cc.sh");
  await copyFile(join(PRECOMPILED, "cc.sh"), wrapper);
  const make = (targets: string[], onLine?: (line: string) => void): Promise<string> =>
    run("make", ["ARCH=i386", "CROSS_COMPILE=i686-linux-gnu-", `CC=${wrapper}`, ...targets], {
      cwd: tree,
      env: {
        KCONFIG_ALLCONFIG: FRAGMENT,
        DRYDOCK_PRECOMPILED: headers,
        KBUILD_BUILD_TIMESTAMP: date,
        KBUILD_BUILD_USER: "drydock",
        KBUILD_BUILD_HOST: "drydock",
        KBUILD_BUILD_VERSION: "1",
      },
      ...(onLine === undefined ? {} : { onLine }),
    });
  await make(["allnoconfig"]);
  const config = await readFile(join(tree, ".config"), "utf8");
  const lost = findLostOptions(await readFile(FRAGMENT, "utf8"), config);
  if (lost.length > 0) {
    throw new Error(
      `Kconfig did not take over these options of images/kernel/drydock.config:\n${lost.join("\n")}`,
    );
  }

  say("compiling");
  const jobs = `-j${availableParallelism()}`;
  for (const name of HEADERS) {
    await copyFile(join(PRECOMPILED, `${name}.c`), join(tree, "init", `precompile-${name}.c`));
  }
  await make([jobs, ...HEADERS.map((name) => `init/precompile-${name}.o`)]);
  let compiled = 0;
  await make([jobs, "bzImage"], (line) => {
    if (!/^\s+(CC|AS)\s/.test(line)) return;
    compiled += 1;
    if (compiled % 25 !== 0) return;
    update(`compiling, ${compiled} files of about ${USUAL_FILES}`);
    progress(compiled / USUAL_FILES);
  });
  await copyFile(join(tree, "arch/x86/boot/bzImage"), join(out, "bzImage"));
  await copyFile(join(tree, ".config"), join(out, "config"));
  const [compiler = ""] = (await run("i686-linux-gnu-gcc", ["--version"])).split("\n");
  const provenance: KernelProvenance = { package: source.package, version: source.version, compiler };
  await writeFile(join(out, "kernel.json"), `${JSON.stringify(provenance, null, 2)}\n`);
}

/** Without a copy of the tarball in between. */
async function unpackSource(deb: string, work: string, run: Run): Promise<void> {
  const tarball = `./usr/src/${SOURCE_PACKAGE}.tar.xz`;
  const script = 'dpkg-deb --fsys-tarfile "$0" | tar -xO "$1" | xz -dc -T0 | tar -x -C "$2"';
  await run("bash", ["-o", "pipefail", "-c", script, deb, tarball, work]);
}
