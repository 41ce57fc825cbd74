import { join } from "node:path";
import { compileSource, developmentOf } from "../compile-source";
import { accountFiles } from "../debian/accounts";
import { debian } from "../debian/recipe";
import type { LayerEntry } from "../layer";
import type { BuiltRecipe, Recipe } from "../recipe";
import { LIBRARIES, ownFiles, takeFiles, takeFrom } from "../take-files";
import { upstreamVersion } from "../../debian/source-ways";
import { openWorkshop, workshopOf } from "../workshop";

/** What the base layer has already. */
const IN_THE_BASE = ["libc.so.6", "libresolv.so.2", "libdl.so.2", "libpthread.so.0", "librt.so.1"];

const USER = { name: "redis", id: 999, home: "/data" };

export const redis: Recipe = {
  name: "redis",
  folder: import.meta.dirname,
  tags: ["latest", "8", "8.0"],
  description:
    "The data store redis and its command line from Debian, cut down. How they were made stands in the history.",
  base: debian,
  wants: { tree: developmentOf(), packages: ["libc6"], sources: ["redis"] },
  async build(context) {
    const { source, folder, copyright } = await compileSource(context, {
      name: "redis",
      script: join(import.meta.dirname, "build.sh"),
      files: [join(import.meta.dirname, "strtod.c")],
    });
    const programs = await takeFrom(join(folder, "src"), ["redis-server", "redis-cli"]);
    const libraries = await takeFiles(context, [`${LIBRARIES}/libm.so.6`]);
    return describe({
      entries: [
        ...libraries.entries,
        copyright,
        ...programs.map((program) => ({ ...program, path: `usr/local/bin/${program.path}` })),
      ],
      version: source.version,
      step: "RUN compile redis from Debian's source",
      packages: { ...libraries.packages, redis: source.version },
    });
  },
  /** Debian's own programs bring TLS, systemd's library and jemalloc. */
  instead: {
    wants: { tree: workshopOf("redis-server", "redis-tools") },
    async build(context) {
      const workshop = await openWorkshop(context);
      const needed = await workshop.run(
        "for program in redis-check-rdb redis-cli; do /lib/ld-linux.so.2 --list /usr/bin/$program; done",
      );
      const libraries = [...needed.matchAll(/^\t(lib\S+\.so[.\d]*) => /gm)].map((match) => match[1] ?? "");
      const taken = await workshop.take([
        "usr/bin/redis-check-rdb",
        "usr/bin/redis-cli",
        ...[...new Set(libraries)]
          .filter((name) => !IN_THE_BASE.includes(name))
          .map((name) => `${LIBRARIES}/${name}*`),
      ]);
      const names: Record<string, string> = {
        // redis-server is a link to it in Debian: the same program under several names.
        "usr/bin/redis-check-rdb": "usr/local/bin/redis-server",
        "usr/bin/redis-cli": "usr/local/bin/redis-cli",
      };
      return describe({
        entries: taken.entries.map((entry) => ({ ...entry, path: names[entry.path] ?? entry.path })),
        version: taken.packages["redis-tools"] ?? "",
        step: "ADD redis-server, redis-tools from Debian /",
        packages: taken.packages,
        // As in Docker's own image, and as the program is compiled otherwise.
        arguments: ["--protected-mode", "no"],
      });
    },
  },
};

/** What is the same however the programs were had. */
async function describe(made: {
  entries: LayerEntry[];
  version: string;
  step: string;
  packages: Record<string, string>;
  arguments?: string[];
}): Promise<BuiltRecipe> {
  return {
    entries: [
      ...made.entries,
      ...(await ownFiles(import.meta.dirname, {
        "usr/local/bin/docker-entrypoint.sh": "docker-entrypoint.sh",
      })),
      ...accountFiles([USER]),
      { kind: "folder", path: "data", uid: USER.id, gid: USER.id },
    ],
    config: {
      Env: [`REDIS_VERSION=${upstreamVersion(made.version)}`],
      ExposedPorts: { "6379/tcp": {} },
      Volumes: { "/data": {} },
      WorkingDir: "/data",
      Entrypoint: ["docker-entrypoint.sh"],
      Cmd: ["redis-server", ...(made.arguments ?? [])],
    },
    step: made.step,
    packages: made.packages,
  };
}
