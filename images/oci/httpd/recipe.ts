import { debian } from "../debian/recipe";
import type { LayerEntry } from "../layer";
import type { Recipe } from "../recipe";
import { LIBRARIES, ownFiles, takeFiles } from "../take-files";
import { upstreamVersion } from "../../debian/source-ways";

const PACKAGES = [
  ...["apache2-bin", "apache2-utils", "libapr1t64", "libaprutil1t64", "libcrypt1", "libexpat1"],
  // The C library loads it when a thread ends.
  "libgcc-s1",
  ...["libpcre2-8-0", "libuuid1", "media-types", "zlib1g"],
];

/** Without those that need a library of their own: ssl, http2, lua, ldap, md. */
const MODULES = [
  ...["access_compat", "alias", "auth_basic", "authn_core", "authn_file", "authz_core", "authz_host"],
  ...[
    "authz_user",
    "autoindex",
    "deflate",
    "dir",
    "env",
    "expires",
    "filter",
    "headers",
    "mime",
    "mpm_event",
  ],
  ...["negotiation", "proxy", "proxy_http", "reqtimeout", "rewrite", "setenvif", "status"],
];

const ROOT = "usr/local/apache2";

/** Apache with the folders and the first page of Docker's own image. */
export const httpd: Recipe = {
  name: "httpd",
  folder: import.meta.dirname,
  tags: ["latest", "2", "2.4"],
  description:
    "The web server Apache 2.4 from Debian, cut down: without TLS, HTTP/2 and Lua. htpasswd is in it.",
  base: debian,
  wants: { packages: PACKAGES },
  async build(context) {
    const { entries, packages } = await takeFiles(context, [
      "usr/sbin/apache2",
      "usr/bin/htpasswd",
      "etc/mime.types",
      ...MODULES.map((name) => `usr/lib/apache2/modules/mod_${name}.so`),
      ...["libapr-1.so.0", "libaprutil-1.so.0", "libcrypt.so.1", "libexpat.so.1", "libpcre2-8.so.0"].map(
        (name) => `${LIBRARIES}/${name}*`,
      ),
      ...["libgcc_s.so.1", "libuuid.so.1", "libz.so.1"].map((name) => `${LIBRARIES}/${name}*`),
    ]);
    return {
      entries: [
        ...entries.map((entry): LayerEntry => ({ ...entry, path: placeOf(entry.path) })),
        ...(await ownFiles(import.meta.dirname, {
          [`${ROOT}/bin/httpd`]: "httpd.sh",
          [`${ROOT}/conf/httpd.conf`]: "httpd.conf",
          [`${ROOT}/htdocs/index.html`]: "index.html",
          "usr/local/bin/httpd-foreground": "httpd-foreground.sh",
        })),
        { kind: "folder", path: `${ROOT}/logs` },
      ],
      config: {
        Env: [
          "PATH=/usr/local/apache2/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
          "HTTPD_PREFIX=/usr/local/apache2",
          `HTTPD_VERSION=${upstreamVersion(packages["apache2-bin"] ?? "")}`,
        ],
        ExposedPorts: { "80/tcp": {} },
        WorkingDir: "/usr/local/apache2",
        StopSignal: "SIGWINCH",
        Cmd: ["httpd-foreground"],
      },
      step: "ADD apache2-bin, apache2-utils from Debian /",
      packages,
    };
  },
};

/** Where Docker's own image has a file of Debian's. */
function placeOf(path: string): string {
  return path
    .replace("usr/lib/apache2/modules/", `${ROOT}/modules/`)
    .replace("usr/bin/htpasswd", `${ROOT}/bin/htpasswd`)
    .replace("etc/mime.types", `${ROOT}/conf/mime.types`);
}
