import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { accountFiles } from "../debian/accounts";
import { debian } from "../debian/recipe";
import type { Recipe } from "../recipe";
import { LIBRARIES, ownFiles, takeFiles, takeFrom } from "../take-files";
import { COMPILER, openWorkshop, takeSourceCopyright, unpackSource, upstreamVersion } from "../workshop";

const USER = { name: "redis", id: 999, home: "/data" };

export const redis: Recipe = {
  name: "redis",
  folder: import.meta.dirname,
  tags: ["latest", "8", "8.0"],
  description: "The data store redis and its command line, compiled from Debian's source without TLS.",
  base: debian,
  async build(context) {
    const workshop = await openWorkshop(context, COMPILER);
    const source = await unpackSource(workshop, context, "redis");
    await copyFile(join(import.meta.dirname, "strtod.c"), join(workshop.root, "src/strtod.c"));
    await workshop.run(await readFile(join(import.meta.dirname, "build.sh"), "utf8"));
    const programs = await takeFrom(join(workshop.root, "src/redis/src"), ["redis-server", "redis-cli"]);
    const libraries = await takeFiles(context, ["libc6"], [`${LIBRARIES}/libm.so.6`]);
    return {
      entries: [
        ...libraries.entries,
        await takeSourceCopyright(workshop, "redis"),
        ...programs.map((program) => ({ ...program, path: `usr/local/bin/${program.path}` })),
        ...(await ownFiles(import.meta.dirname, {
          "usr/local/bin/docker-entrypoint.sh": "docker-entrypoint.sh",
        })),
        ...accountFiles([USER]),
        { kind: "folder", path: "data", uid: USER.id, gid: USER.id },
      ],
      config: {
        Env: [`REDIS_VERSION=${upstreamVersion(source["redis"] ?? "")}`],
        ExposedPorts: { "6379/tcp": {} },
        Volumes: { "/data": {} },
        WorkingDir: "/data",
        Entrypoint: ["docker-entrypoint.sh"],
        Cmd: ["redis-server"],
      },
      step: "RUN compile redis from Debian's source",
      packages: { ...libraries.packages, ...source },
    };
  },
};
