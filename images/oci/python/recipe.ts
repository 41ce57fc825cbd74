import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { debian } from "../debian/recipe";
import type { LayerEntry } from "../layer";
import type { Recipe } from "../recipe";
import { LIBRARIES } from "../take-files";
import { openWorkshop, workshopOf } from "../workshop";

const PACKAGES = ["python3.13-minimal", "libpython3.13-stdlib", "libreadline8t64", "libffi8", "media-types"];
const VERSION = "3.13";

/** Modules in C, without the suffix. What is not here would bring a library of its own: ssl, sqlite3, curses, lzma. */
const EXTENSIONS = [
  ...[
    "_asyncio",
    "_bz2",
    "_contextvars",
    "_ctypes",
    "_decimal",
    "_interpchannels",
    "_interpqueues",
    "_interpreters",
  ],
  ...[
    "_lsprof",
    "_multiprocessing",
    "_posixshmem",
    "_queue",
    "_uuid",
    "_zoneinfo",
    "mmap",
    "readline",
    "resource",
  ],
  ...["termios"],
];

const SHARED = [
  "libbz2.so.1.0",
  "libexpat.so.1",
  "libffi.so.8",
  "libm.so.6",
  "libreadline.so.8",
  "libuuid.so.1",
];

/**
 * Python's standard library is in one compressed zip of compiled modules, where Python looks first: 3 MB in place of 20,
 * and nothing to compile at a program's first import.
 */
export const python: Recipe = {
  name: "python",
  folder: import.meta.dirname,
  tags: ["latest", "3", "3.13", "slim", "3-slim", "3.13-slim"],
  description: "Python 3.13 from Debian with its standard library, but without pip, ssl, sqlite3 and curses.",
  base: debian,
  wants: { tree: workshopOf(...PACKAGES) },
  async build(context) {
    const workshop = await openWorkshop(context);
    await copyFile(join(import.meta.dirname, "pack-library.py"), join(workshop.root, "tmp/pack-library.py"));
    await workshop.run("python3.13 -I -S /tmp/pack-library.py");
    const dynamic = `usr/lib/python${VERSION}/lib-dynload`;
    const taken = await workshop.take([
      "usr/bin/python3.13",
      "usr/lib/python313.zip",
      ...EXTENSIONS.map((name) => `${dynamic}/${name}.cpython-313-i386-linux-gnu.so`),
      ...[...SHARED, "libz.so.1"].map((name) => `${LIBRARIES}/${name}*`),
      "etc/mime.types",
    ]);
    const links: LayerEntry[] = ["usr/bin/python3", "usr/local/bin/python3", "usr/local/bin/python"].map(
      (path) => ({
        kind: "link",
        path,
        target: "/usr/bin/python3.13",
      }),
    );
    return {
      entries: [
        ...taken.entries,
        ...links,
        { kind: "folder", path: `usr/local/lib/python${VERSION}/dist-packages` },
      ],
      config: {
        Env: ["LANG=C.UTF-8", `PYTHON_VERSION=${VERSION}`],
        Cmd: ["python3"],
      },
      step: "ADD python3.13 from Debian /",
      packages: taken.packages,
    };
  },
};
