import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { accountFiles } from "../debian/accounts";
import { debian } from "../debian/recipe";
import type { Recipe } from "../recipe";
import { LIBRARIES, ownFiles, takeFiles, takeFrom } from "../take-files";
import { COMPILER, openWorkshop, takeSourceCopyright, unpackSource, upstreamVersion } from "../workshop";

/** As in Docker's own image. */
const USER = { name: "nginx", id: 101, home: "/nonexistent" };

/**
 * nginx with the paths, the page and the habits of Docker's own image. One thing differs: the logs in /var/log/nginx are
 * files as well, where that image has links to the standard streams, which nobody can read from inside.
 */
export const nginx: Recipe = {
  name: "nginx",
  folder: import.meta.dirname,
  tags: ["latest", "stable", "1.26", "1"],
  description: "The web server nginx, compiled from Debian's source without TLS.",
  base: debian,
  async build(context) {
    const workshop = await openWorkshop(context, [
      ...COMPILER,
      ...["libcrypt-dev", "libpcre2-dev", "zlib1g-dev"],
    ]);
    const source = await unpackSource(workshop, context, "nginx");
    await workshop.run(await readFile(join(import.meta.dirname, "build.sh"), "utf8"));
    const libraries = await takeFiles(
      context,
      ["libcrypt1", "libpcre2-8-0", "nginx-common", "zlib1g"],
      [
        ...["libcrypt.so.1", "libpcre2-8.so.0", "libz.so.1"].map((name) => `${LIBRARIES}/${name}*`),
        ...["fastcgi_params", "mime.types", "scgi_params", "uwsgi_params"].map((name) => `etc/nginx/${name}`),
        "usr/share/nginx/html/index.html",
      ],
    );
    const [program] = await takeFrom(join(workshop.root, "src/nginx/objs"), ["nginx"]);
    if (program === undefined) throw new Error("nginx was not compiled");
    return {
      entries: [
        ...libraries.entries,
        await takeSourceCopyright(workshop, "nginx"),
        { ...program, path: "usr/sbin/nginx" },
        ...(await ownFiles(import.meta.dirname, {
          "docker-entrypoint.sh": "docker-entrypoint.sh",
          "etc/nginx/conf.d/default.conf": "default.conf",
          "etc/nginx/nginx.conf": "nginx.conf",
          "usr/share/nginx/html/50x.html": "50x.html",
        })),
        ...accountFiles([USER]),
        { kind: "folder", path: "docker-entrypoint.d" },
        { kind: "folder", path: "var/log/nginx" },
        { kind: "folder", path: "var/cache/nginx", uid: USER.id, gid: USER.id },
      ],
      config: {
        Env: [`NGINX_VERSION=${upstreamVersion(source["nginx"] ?? "")}`],
        ExposedPorts: { "80/tcp": {} },
        StopSignal: "SIGQUIT",
        Entrypoint: ["/docker-entrypoint.sh"],
        Cmd: ["nginx", "-g", "daemon off;"],
      },
      step: "RUN compile nginx from Debian's source",
      packages: { ...libraries.packages, ...source },
    };
  },
};
