import { copyFile, readFile, stat, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { openDebian } from "../pipeline/debian";
import type { Stage } from "../pipeline/stage";
import { findLostOptions } from "./config";

const SUITE = "trixie";
const SOURCE_PACKAGE = "linux-source-6.12";
const FRAGMENT = join(import.meta.dirname, "drydock.config");

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
export const kernelStage: Stage = {
  name: "kernel",
  inputs: {
    files: [FRAGMENT, join(import.meta.dirname, "build.ts"), join(import.meta.dirname, "config.ts")],
    values: { suite: SUITE, source: SOURCE_PACKAGE },
  },
  async build({ out, work, say, update, run }) {
    say(`downloading ${SOURCE_PACKAGE}`);
    const apt = await openDebian({
      suite: SUITE,
      architecture: "i386",
      folder: join(work, "apt"),
      run,
      note: say,
    });
    const [source] = await apt.download([SOURCE_PACKAGE], work);
    if (source === undefined) throw new Error(`apt did not download ${SOURCE_PACKAGE}`);

    say(`unpacking Linux ${source.version}`);
    await run("dpkg-deb", ["--extract", source.file, join(work, "deb")]);
    await run("tar", ["-xf", join(work, "deb/usr/src", `${SOURCE_PACKAGE}.tar.xz`), "-C", work]);
    const tree = join(work, SOURCE_PACKAGE);
    const date = (await stat(join(tree, "Makefile"))).mtime.toISOString();

    const make = (targets: string[], onLine?: (line: string) => void): Promise<string> =>
      run("make", ["ARCH=i386", "CROSS_COMPILE=i686-linux-gnu-", ...targets], {
        cwd: tree,
        env: {
          KCONFIG_ALLCONFIG: FRAGMENT,
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
    let compiled = 0;
    await make([`-j${availableParallelism()}`, "bzImage"], (line) => {
      if (!/^\s+(CC|AS)\s/.test(line)) return;
      compiled += 1;
      if (compiled % 25 === 0) update(`compiling, ${compiled} files`);
    });
    await copyFile(join(tree, "arch/x86/boot/bzImage"), join(out, "bzImage"));
    await copyFile(join(tree, ".config"), join(out, "config"));
    const [compiler = ""] = (await run("i686-linux-gnu-gcc", ["--version"])).split("\n");
    const provenance: KernelProvenance = { package: source.name, version: source.version, compiler };
    await writeFile(join(out, "kernel.json"), `${JSON.stringify(provenance, null, 2)}\n`);
  },
};
