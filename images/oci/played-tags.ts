/**
 * Tags that guides use and that the hub answers to with another version or another base than the tag names: which ones,
 * and what plays them. Tags for Windows, and those whose image does something of its own (`onbuild`), are none of them.
 */
import type { ContainerConfig } from "./recipe";
import type { Image } from "./image";
import { CREATED } from "./layer";

export interface PlayedTags {
  /** A regular expression for whole tags. Those that the recipe lists come first. */
  readonly tags: string;
  /** What it really is, as one would name it. */
  readonly by: string;
  /** The sentence for the image that answers; without it the recipe's own description says so for every tag. */
  readonly says?: string;
}

const DEBIAN = "(?:wheezy|jessie|stretch|buster|bullseye|bookworm|trixie)";
const UBUNTU =
  "(?:trusty|xenial|bionic|cosmic|disco|eoan|focal|groovy|hirsute|impish|jammy|kinetic|lunar|mantic|noble|oracular|plucky)";
const VARIANT = `(?:alpine(?:-slim|-perl|-otel)?(?:\\d\\.\\d{1,2})?(?:-slim|-perl)?|slim(?:-${DEBIAN})?|${DEBIAN}(?:-perl)?|perl|${UBUNTU}|oracle(?:linux\\d)?|ubi\\d?)`;

/** The version, the variant, or both. @param versions a regular expression */
function versionsOf(versions: string): string {
  return `${VARIANT}|(?:latest|${versions})(?:-${VARIANT})?`;
}

const DOTTED = "(?:\\.\\d{1,3}){0,2}";
const whatever = (what: string): string => `Played by ${what}, whatever version and base the tag names.`;

/** By the recipe's name. */
export const PLAYED_TAGS: Readonly<Record<string, PlayedTags>> = {
  nginx: {
    tags: versionsOf(`stable|mainline|1${DOTTED}`),
    by: "nginx:1.26",
    says: whatever("nginx 1.26 from Debian"),
  },
  httpd: {
    tags: versionsOf(`2${DOTTED}`),
    by: "httpd:2.4",
    says: whatever("Apache 2.4 from Debian"),
  },
  redis: {
    tags: versionsOf(`[2-8]${DOTTED}(?:-rc\\d)?`),
    by: "redis:8.0",
    says: whatever("redis 8.0 from Debian"),
  },
  python: {
    tags: versionsOf(`[23]${DOTTED}(?:(?:a|b|rc)\\d)?`),
    by: "python:3.13",
    says: whatever("Python 3.13 from Debian"),
  },
  mysql: { tags: versionsOf(`lts|innovation|[589]${DOTTED}`), by: "mariadb:11.8" },
  mariadb: {
    tags: versionsOf(`lts|5\\.5(?:\\.\\d+)?|1[0-3]${DOTTED}`),
    by: "mariadb:11.8",
    says: whatever("MariaDB 11.8 from Debian"),
  },
  debian: {
    tags: `(?:latest|stable|oldstable|testing|unstable|sid|(?:[89]|1[0-3])(?:\\.\\d{1,2})?|${DEBIAN})(?:-slim|-\\d{8}(?:-slim)?)?`,
    by: "debian:13",
    says: whatever("Debian 13, cut down"),
  },
  ubuntu: {
    tags: `rolling|devel|(?:${UBUNTU}|(?:1[0-9]|2[0-6])\\.(?:04|10)(?:\\.\\d)?)(?:-\\d{8})?`,
    by: "debian:13",
  },
  busybox: {
    tags: "(?:latest|stable|unstable|1(?:\\.\\d{1,2}){0,2})(?:-(?:glibc|musl|uclibc))?|glibc|musl|uclibc",
    by: "busybox:latest",
    says: whatever("Debian's static BusyBox, version 1.37"),
  },
  registry: {
    tags: `[23]${DOTTED}(?:-(?:alpha|beta|rc)\\.?\\d+)?`,
    by: "registry:2.8",
    says: whatever("Docker's distribution 2.8 from Debian"),
  },
  "docker/dockerfile": {
    tags: `(?:1${DOTTED}|labs|latest|master|experimental|stable)(?:-(?:labs|experimental|rc\\d+|beta\\d*))*`,
    by: "docker/dockerfile:1",
  },
  "docker/getting-started": { tags: "pwd|vscode|master", by: "docker/getting-started:latest" },
};

const DESCRIPTION = "org.opencontainers.image.description";

/** The same image, which says that it is played: another configuration on the same layers. */
export function sayPlayed(image: Image, { by, says }: PlayedTags): Image {
  if (says === undefined) return image;
  const Labels: ContainerConfig["Labels"] = {
    ...image.config.config.Labels,
    "dev.drydock.played-by": by,
    [DESCRIPTION]: `${says} ${image.description}`,
  };
  return {
    ...image,
    config: {
      ...image.config,
      config: { ...image.config.config, Labels },
      history: [
        ...image.config.history,
        { created: CREATED, created_by: `LABEL dev.drydock.played-by=${by}`, empty_layer: true },
      ],
    },
  };
}
