import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Recipe } from "../recipe";
import { LIBRARIES, takeCopyrights } from "../take-files";

const FLAGS = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-Os", "-static", "-s"];
const TRIM = ["-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections,--build-id=none"];

/** For `# syntax=docker/dockerfile:1`: a program that hands the Dockerfile over to the engine's own frontend. */
export const dockerfileFrontend: Recipe = {
  name: "docker/dockerfile",
  folder: import.meta.dirname,
  tags: ["latest", "1"],
  description:
    "For `# syntax=` lines: hands the Dockerfile to the frontend of Docker's engine here, whatever version the tag names.",
  wants: { packages: ["libnghttp2-dev"] },
  async build({ work, material, run }) {
    const unpacked = join(work, "unpacked");
    await mkdir(unpacked);
    for (const file of material.packages) await run("dpkg-deb", ["--extract", material.path(file), unpacked]);
    const program = join(work, "dockerfile-frontend");
    await run("i686-linux-gnu-gcc", [
      ...FLAGS,
      ...TRIM,
      ...["-isystem", join(unpacked, "usr/include"), `-ffile-prefix-map=${import.meta.dirname}=.`],
      ...["-o", program, join(import.meta.dirname, "main.c"), join(unpacked, LIBRARIES, "libnghttp2.a")],
    ]);
    return {
      entries: [
        { kind: "file", path: "bin/dockerfile-frontend", mode: 0o755, content: await readFile(program) },
        ...(await takeCopyrights(unpacked, ["libnghttp2-dev"])),
      ],
      config: {
        Entrypoint: ["/bin/dockerfile-frontend"],
        // BuildKit's own labels: it needs no network, and options for named contexts and questions are passed on.
        Labels: {
          "moby.buildkit.frontend.network.none": "true",
          "moby.buildkit.frontend.caps": "moby.buildkit.frontend.contexts,moby.buildkit.frontend.subrequests",
        },
      },
      step: "COPY dockerfile-frontend /bin/",
      packages: Object.fromEntries(material.packages.map((file) => [file.package, file.version])),
    };
  },
};
