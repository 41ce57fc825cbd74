import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { accountFiles } from "../debian/accounts";
import { debian } from "../debian/recipe";
import type { LayerEntry } from "../layer";
import type { Recipe } from "../recipe";
import { LIBRARIES, ownFiles } from "../take-files";
import { openWorkshop, workshopOf } from "../workshop";

const USER = { name: "mysql", id: 999, home: "/var/lib/mysql" };

const PACKAGES = ["mariadb-server-core", "mariadb-client-core", "coreutils", "gzip", "sed", "tar"];

const SHARED = [
  ...["libaio.so.1t64", "libcap.so.2", "libcrypt.so.1", "libcrypto.so.3", "libedit.so.2", "libgcc_s.so.1"],
  ...[
    "libbsd.so.0",
    "libm.so.6",
    "libmd.so.0",
    "libncurses.so.6",
    "libnuma.so.1",
    "libpcre2-8.so.0",
    "libssl.so.3",
  ],
  ...["libstdc++.so.6", "libsystemd.so.0", "liburing.so.2", "libz.so.1", "libzstd.so.1"],
];

const LINKS: LayerEntry[] = [
  ["usr/bin/mysql", "mariadb"],
  ["usr/bin/mariadb-admin", "mysqladmin"],
  ["usr/sbin/mysqld", "mariadbd"],
  ["docker-entrypoint.sh", "usr/local/bin/docker-entrypoint.sh"],
].map(([path = "", target = ""]) => ({ kind: "link", path, target }));

/**
 * MariaDB with what it takes to serve and to be asked: the server, the client, messages in English, the character sets.
 * The data directory is prepared, packed to 60 KB, since making it takes longer than everything else together.
 */
export const mysql: Recipe = {
  name: "mysql",
  folder: import.meta.dirname,
  tags: ["latest", "8", "8.0", "5.7"],
  description:
    "Played by MariaDB 11.8 from Debian, which speaks MySQL's protocol; set up for little memory, without TLS.",
  base: debian,
  wants: { tree: workshopOf(...PACKAGES) },
  async build(context) {
    const workshop = await openWorkshop(context);
    await workshop.run(await readFile(join(import.meta.dirname, "prepare-data.sh"), "utf8"));
    await copyFile(
      join(workshop.root, "tmp/data.tar.gz"),
      join(workshop.root, "usr/share/mariadb/data.tar.gz"),
    );
    const taken = await workshop.take([
      "usr/bin/mariadb",
      "usr/sbin/mariadbd",
      "usr/share/mariadb/charsets/",
      "usr/share/mariadb/data.tar.gz",
      "usr/share/mariadb/english/",
      ...SHARED.map((name) => `${LIBRARIES}/${name}*`),
    ]);
    return {
      entries: [
        ...taken.entries,
        ...LINKS,
        ...(await ownFiles(import.meta.dirname, {
          "etc/mysql/my.cnf": "my.cnf",
          "usr/bin/mysqladmin": "mysqladmin.sh",
          "usr/local/bin/docker-entrypoint.sh": "docker-entrypoint.sh",
          "usr/local/bin/healthcheck.sh": "healthcheck.sh",
        })),
        ...accountFiles([USER]),
        { kind: "folder", path: "docker-entrypoint-initdb.d" },
        { kind: "folder", path: "etc/mysql/conf.d" },
        { kind: "folder", path: "run/mysqld", uid: USER.id, gid: USER.id },
        { kind: "folder", path: "var/lib/mysql", uid: USER.id, gid: USER.id },
      ],
      config: {
        ExposedPorts: { "3306/tcp": {} },
        Volumes: { "/var/lib/mysql": {} },
        Labels: { "dev.drydock.played-by": "mariadb" },
        Entrypoint: ["docker-entrypoint.sh"],
        Cmd: ["mariadbd"],
      },
      step: "ADD mariadb-server-core, mariadb-client-core from Debian /",
      packages: taken.packages,
    };
  },
};

/** The same image under its own name. */
export const mariadb: Recipe = {
  name: "mariadb",
  folder: import.meta.dirname,
  tags: ["latest", "11", "11.8", "lts"],
  description: "The database MariaDB 11.8 from Debian, set up for little memory, without TLS.",
  base: mysql,
  build: () =>
    Promise.resolve({
      entries: [],
      config: {},
      step: "LABEL mariadb, the image mysql under its own name",
      packages: {},
    }),
};
