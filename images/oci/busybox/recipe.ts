import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { LayerEntry } from "../layer";
import type { Recipe } from "../recipe";

const text = (content: string): Uint8Array => Buffer.from(content);

const FOLDERS: LayerEntry[] = [
  ...["bin", "dev", "etc", "home", "usr", "usr/bin", "usr/sbin", "var", "var/spool", "var/www"].map(
    (path): LayerEntry => ({ kind: "folder", path }),
  ),
  { kind: "folder", path: "root", mode: 0o700 },
  { kind: "folder", path: "tmp", mode: 0o1777 },
  { kind: "folder", path: "var/spool/mail", mode: 0o755 },
];

const PASSWD = `root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
nobody:x:65534:65534:nobody:/home:/bin/false
`;

const GROUP = `root:x:0:
daemon:x:1:
tty:x:5:
users:x:100:
www-data:x:33:
nogroup:x:65534:
`;

/** Debian's static BusyBox, with a name for each of its commands. */
export const busybox: Recipe = {
  name: "busybox",
  folder: import.meta.dirname,
  tags: ["latest"],
  description: "The common Unix commands in one small program: BusyBox from Debian's package busybox-static.",
  wants: { packages: ["busybox-static"] },
  async build({ work, material, run }) {
    const folder = join(work, "deb");
    await mkdir(folder);
    const [deb] = material.packages;
    if (deb === undefined) throw new Error("nothing was fetched of busybox-static");
    await run("dpkg-deb", ["--extract", material.path(deb), folder]);
    const program = join(folder, "usr/bin/busybox");
    // `--list` prints the commands that this build has. i386 programs run on every machine that can build the disk.
    const commands = (await run(program, ["--list"]))
      .split("\n")
      .filter((name) => name !== "" && name !== "busybox");
    const links = commands.map((name): LayerEntry => ({
      kind: "link",
      path: `bin/${name}`,
      target: "busybox",
    }));
    return {
      entries: [
        ...FOLDERS,
        { kind: "file", path: "bin/busybox", mode: 0o755, content: await readFile(program) },
        ...links,
        // Scripts begin with #!/usr/bin/env.
        { kind: "link", path: "usr/bin/env", target: "../../bin/env" },
        { kind: "file", path: "etc/passwd", content: text(PASSWD) },
        { kind: "file", path: "etc/group", content: text(GROUP) },
        { kind: "file", path: "etc/shadow", mode: 0o600, content: text("root:*:19000:0:99999:7:::\n") },
      ],
      config: { Cmd: ["sh"] },
      step: `ADD busybox-static ${deb.version} from Debian /`,
      packages: { [deb.package]: deb.version },
    };
  },
};
