import { join } from "node:path";
import { compileSource, developmentOf } from "../compile-source";
import { accountFiles } from "../debian/accounts";
import { debian } from "../debian/recipe";
import type { LayerEntry } from "../layer";
import type { BuiltRecipe, Recipe } from "../recipe";
import { LIBRARIES, ownFiles, takeFiles, takeFrom } from "../take-files";
import { upstreamVersion } from "../../debian/source-ways";

const LIBRARY_PACKAGES = ["libcrypt1", "libpcre2-8-0", "nginx-common", "zlib1g"];

const TAKEN = [
  ...["libcrypt.so.1", "libpcre2-8.so.0", "libz.so.1"].map((name) => `${LIBRARIES}/${name}*`),
  ...["fastcgi_params", "mime.types", "scgi_params", "uwsgi_params"].map((name) => `etc/nginx/${name}`),
  "usr/share/nginx/html/index.html",
];

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
  description: "The web server nginx from Debian, cut down. How this one was made stands in its history.",
  base: debian,
  wants: {
    tree: developmentOf("libcrypt-dev", "libpcre2-dev", "zlib1g-dev"),
    packages: LIBRARY_PACKAGES,
    sources: ["nginx"],
  },
  async build(context) {
    const { source, folder, copyright } = await compileSource(context, {
      name: "nginx",
      script: join(import.meta.dirname, "build.sh"),
    });
    const libraries = await takeFiles(context, TAKEN);
    const [program] = await takeFrom(join(folder, "objs"), ["nginx"]);
    if (program === undefined) throw new Error("nginx was not compiled");
    return describe({
      entries: [...libraries.entries, copyright, { ...program, path: "usr/sbin/nginx" }],
      version: source.version,
      step: "RUN compile nginx from Debian's source",
      packages: { ...libraries.packages, nginx: source.version },
    });
  },
  /** Debian's own program is twice as large, with TLS and its libraries. */
  instead: {
    wants: { packages: [...LIBRARY_PACKAGES, "nginx", "libssl3t64", "libzstd1"] },
    async build(context) {
      const taken = await takeFiles(context, [
        ...TAKEN,
        "usr/sbin/nginx",
        ...["libssl.so.3", "libcrypto.so.3", "libzstd.so.1"].map((name) => `${LIBRARIES}/${name}*`),
      ]);
      return describe({
        entries: taken.entries,
        version: taken.packages["nginx"] ?? "",
        step: "ADD nginx from Debian /",
        packages: taken.packages,
      });
    },
  },
};

/** What is the same however the program was had. */
async function describe(made: {
  entries: LayerEntry[];
  version: string;
  step: string;
  packages: Record<string, string>;
}): Promise<BuiltRecipe> {
  return {
    entries: [
      ...made.entries,
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
      Env: [`NGINX_VERSION=${upstreamVersion(made.version)}`],
      ExposedPorts: { "80/tcp": {} },
      StopSignal: "SIGQUIT",
      Entrypoint: ["/docker-entrypoint.sh"],
      Cmd: ["nginx", "-g", "daemon off;"],
    },
    step: made.step,
    packages: made.packages,
  };
}
