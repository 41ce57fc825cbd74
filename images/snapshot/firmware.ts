/** SeaBIOS out of Debian's package, as a stage: its folder holds `bios.bin`, `vgabios.bin` and `packages.json`. */
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openDebian } from "../pipeline/debian";
import type { Stage } from "../pipeline/stage";

const SUITE = "trixie";

export const firmwareStage: Stage = {
  name: "firmware",
  inputs: { values: { suite: SUITE, files: "1" } },
  async build({ out, work, say, run }) {
    say("downloading SeaBIOS");
    const folder = join(work, "apt");
    const debian = await openDebian({ suite: SUITE, architecture: "i386", folder, run, note: say });
    const [seabios] = await debian.download(["seabios"], join(work, "debs"));
    if (seabios === undefined) throw new Error("Debian's package seabios did not arrive");
    await run("dpkg-deb", ["-x", seabios.file, join(work, "tree")]);
    const files = join(work, "tree/usr/share/seabios");
    await copyFile(join(files, "bios.bin"), join(out, "bios.bin"));
    await copyFile(join(files, "vgabios-stdvga.bin"), join(out, "vgabios.bin"));
    await writeFile(join(out, "packages.json"), JSON.stringify({ [seabios.name]: seabios.version }));
  },
};
