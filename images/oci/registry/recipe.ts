import { debian } from "../debian/recipe";
import type { Recipe } from "../recipe";
import { ownFiles, takeFiles } from "../take-files";

const PROGRAM = "usr/bin/docker-registry";

export const registry: Recipe = {
  name: "registry",
  folder: import.meta.dirname,
  tags: ["latest", "2", "2.8"],
  description: "A registry of your own: Docker's distribution 2.8, from Debian's package docker-registry.",
  base: debian,
  wants: { packages: ["docker-registry"] },
  async build(context) {
    const { entries, packages } = await takeFiles(context, [PROGRAM]);
    return {
      entries: [
        ...entries.map((entry) => (entry.path === PROGRAM ? { ...entry, path: "bin/registry" } : entry)),
        ...(await ownFiles(import.meta.dirname, {
          "docker-entrypoint.sh": "docker-entrypoint.sh",
          "etc/docker/registry/config.yml": "config.yml",
        })),
        { kind: "folder", path: "var/lib/registry" },
      ],
      config: {
        // Memory is short, and a short-lived garbage collector dear under emulation.
        Env: ["GOMEMLIMIT=48MiB"],
        ExposedPorts: { "5000/tcp": {} },
        Volumes: { "/var/lib/registry": {} },
        Entrypoint: ["/docker-entrypoint.sh"],
        Cmd: ["/etc/docker/registry/config.yml"],
      },
      step: "ADD docker-registry from Debian /",
      packages,
    };
  },
};
