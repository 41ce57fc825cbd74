import type { LayerEntry } from "../layer";
import { busybox } from "../busybox/recipe";
import type { Recipe } from "../recipe";
import { LIBRARIES, ownFiles, takeFiles } from "../take-files";
import { accountFiles } from "./accounts";

const PACKAGES = ["base-files", "bash", "libc6", "libtinfo6", "ncurses-base"];

const TAKEN = [
  "usr/bin/bash",
  "usr/lib/ld-linux.so.2",
  ...["ld-linux.so.2", "libc.so.6", "libresolv.so.2"].map((name) => `${LIBRARIES}/${name}`),
  // Empty since glibc 2.34, and still asked for by older programs.
  ...["libdl.so.2", "libpthread.so.0", "librt.so.1", "libutil.so.1"].map((name) => `${LIBRARIES}/${name}`),
  `${LIBRARIES}/libtinfo.so.6*`,
  "etc/bash.bashrc",
  "etc/debian_version",
  "etc/host.conf",
  "etc/issue",
  "etc/issue.net",
  "etc/os-release",
  "usr/lib/os-release",
  "usr/share/terminfo/*/linux",
  "usr/share/terminfo/*/screen",
  "usr/share/terminfo/*/vt100",
  "usr/share/terminfo/*/xterm",
  "usr/share/terminfo/*/xterm-256color",
];

const FOLDERS = [
  ...["boot", "media", "mnt", "opt", "run", "srv", "usr/local/bin", "usr/local/lib", "usr/local/sbin"],
  ...["var/cache", "var/lib", "var/log", "var/mail"],
].map((path): LayerEntry => ({ kind: "folder", path }));

const LINKS: LayerEntry[] = [
  ["bin/bash", "../usr/bin/bash"],
  ["lib", "usr/lib"],
  ["sbin", "usr/sbin"],
  ["usr/sbin/nologin", "../../bin/nologin"],
  ["var/run", "/run"],
].map(([path = "", target = ""]) => ({ kind: "link", path, target }));

/**
 * What most images stand on: Debian's C library and bash over BusyBox. BusyBox's layer is the one of the image `busybox`,
 * which the guest has from the start, so that only this layer is pulled.
 */
export const debian: Recipe = {
  name: "debian",
  folder: import.meta.dirname,
  tags: ["latest", "trixie", "13"],
  description:
    "Debian 13 for i386, cut down: Debian's C library and bash, with BusyBox for the usual commands. No apt, no dpkg.",
  base: busybox,
  wants: { packages: PACKAGES },
  async build(context) {
    const { entries, packages } = await takeFiles(context, TAKEN);
    const own = await ownFiles(import.meta.dirname, {
      "etc/nsswitch.conf": "nsswitch.conf",
      "etc/profile": "profile",
      "root/.bashrc": "bashrc",
      "root/.profile": "root-profile",
    });
    return {
      entries: [
        ...entries,
        ...own,
        ...accountFiles(),
        ...FOLDERS,
        ...LINKS,
        { kind: "folder", path: "tmp", mode: 0o1777 },
        { kind: "folder", path: "var/tmp", mode: 0o1777 },
      ],
      config: { Cmd: ["bash"] },
      step: `ADD ${Object.keys(packages).join(", ")} from Debian /`,
      packages,
    };
  },
};
