/** The guest's packages. What they depend on comes along; what they only recommend does not. */
export const PACKAGES = [
  // Docker. crun is the default runtime, because a run takes little more than half as long as with runc.
  "containerd",
  "crun",
  "docker-buildx",
  "docker-cli",
  "docker-compose",
  "docker.io",
  "iptables",
  "runc",
  // CentOS 8's client in the notes. Nothing of it is read before somebody runs it.
  "podman",
  // The system: a small init, and what a person needs to log in.
  "ca-certificates",
  // For stunnel, whose program is added by itself (tls.ts).
  "libsystemd0",
  "libwrap0",
  "login",
  "netbase",
  "sudo",
  "sysvinit-core",
  // What the learner types.
  "bash-completion",
  "curl",
  "iproute2",
  "iputils-ping",
  "jq",
  "less",
  "nano",
  "procps",
  "psmisc",
  "tree",
  "vim-tiny",
];

/** Folders whose files dpkg does not unpack at all. */
export const EXCLUDED_PATHS = [
  "/usr/share/man/*",
  "/usr/share/doc/*",
  "/usr/share/info/*",
  "/usr/share/locale/*",
  "/usr/share/lintian/*",
  "/usr/share/bug/*",
  "/usr/share/icons/*",
  "/usr/share/zsh/*",
  "/usr/share/fish/*",
  "/usr/share/vim/*/doc/*",
  // Character sets for iconv: UTF-8 is built into the C library.
  "/usr/lib/i386-linux-gnu/gconv/*",
  // Static libraries.
  "/usr/lib/i386-linux-gnu/*.a",
];

/** What is unpacked all the same: who distributes a package distributes its copyright with it. */
export const INCLUDED_PATHS = ["/usr/share/doc/*/copyright", "/usr/share/common-licenses/*"];

/** What is removed once everything is configured, and why nobody needs it. */
export const REMOVED_PATHS = [
  // Lists and caches that the pipeline used.
  "var/lib/apt",
  "var/cache/apt",
  "var/cache/debconf",
  "var/log/apt",
  "var/log/dpkg.log",
  "var/log/bootstrap.log",
  "etc/apt",
  // Debugging tools and old shims of containerd: `docker` is the guest's client.
  "usr/bin/ctr",
  "usr/bin/containerd-shim",
  "usr/bin/containerd-shim-runc-v1",
  "usr/bin/containerd-stress",
  // The boot scripts of sysvinit: ours are in /usr/local/lib/drydock.
  "etc/rcS.d",
  ...[0, 1, 2, 3, 4, 5, 6].map((level) => `etc/rc${level}.d`),
];
