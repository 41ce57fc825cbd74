/** SeaBIOS out of Debian's package, as a stage: its folder holds `bios.bin`, `vgabios.bin` and `packages.json`. */
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DebianInputs } from "../debian/inputs";
import type { Consumer } from "../debian/wants";
import type { Stage } from "../pipeline/stage";

export const firmwareConsumer: Consumer = {
  name: "firmware",
  ways: [{ packages: ["seabios"] }],
  needed: true,
};

export function firmwareStage(debian: DebianInputs): Stage {
  return {
    name: "firmware",
    inputs: { values: { files: "1", inputs: debian.grade(firmwareConsumer.name) } },
    async build({ out, work, say, run }) {
      say("unpacking SeaBIOS");
      const material = await debian.material(firmwareConsumer.name, work, run);
      const [seabios] = material.packages;
      if (seabios === undefined) throw new Error("nothing was fetched of seabios");
      await run("dpkg-deb", ["-x", material.path(seabios), join(work, "tree")]);
      const files = join(work, "tree/usr/share/seabios");
      await copyFile(join(files, "bios.bin"), join(out, "bios.bin"));
      await copyFile(join(files, "vgabios-stdvga.bin"), join(out, "vgabios.bin"));
      await writeFile(join(out, "packages.json"), JSON.stringify({ [seabios.package]: seabios.version }));
    },
  };
}
