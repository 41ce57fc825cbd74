import { describe, expect, it } from "vitest";
import { compileTagPattern } from "../../worker/hub/catalogue/catalogue-index";
import { assembleImage } from "./image";
import { PLAYED_TAGS, sayPlayed } from "./played-tags";
import { SHELF } from "./shelf";

/** Tags that the most used guides have, by image. */
const ASKED: Readonly<Record<string, string>> = {
  nginx:
    "alpine 1.7.9 1.9.1 1.13 1.12.1 1.28 1.28-alpine 1.13-alpine 1.19-alpine stable-alpine 1.24.0 mainline stable-perl mainline-alpine3.21-slim alpine-slim 1.27-bookworm 1.30",
  httpd: "alpine 2 2.4-alpine 2.4.52 2.4.46-alpine 2.4-trixie",
  redis: "alpine 6.0-rc1 4.0.11 4.0.11-alpine 8-alpine 3.2 3.0.7-alpine 6-bullseye 2.8 4.0.14-alpine3.11 7",
  python:
    "3.12-slim 2.7 3.6 alpine 3.7.0-alpine3.8 3.11 3.12-alpine 3.8.12 2.7-alpine 3.14 3-slim 3-alpine 3.11-slim-bookworm 3.13.0rc1",
  debian:
    "jessie stable-slim stretch-slim bookworm-slim buster-slim sid bookworm 12 12.5 bookworm-20240101-slim",
  ubuntu: "24.04 22.04 20.04 15.10 14.04 12.04 disco 26.04 noble jammy rolling focal-20240101",
  busybox: "1.36 1 glibc musl 1.36-glibc 1.36.1-uclibc stable",
  registry: "2.3.1 2.6.2 3 3.0.0-rc.1 2.8.3",
  mysql: "8.4 8.0.27 5.6 5.7.22 5.5 8.4.4 9 lts 8-bookworm 8.0-bookworm 8.4-oraclelinux9",
  mariadb: "10.1.10 10.6.4-focal 10-focal 10.9 10.5 10.0.23 10.11-jammy lts",
  "docker/dockerfile": "1.4 1.7-labs labs 1.2.1-labs 1-experimental master experimental",
};

const answers = (name: string, tag: string): boolean => {
  const own = SHELF.find(({ recipe }) => recipe.name === name)?.recipe.tags.includes(tag) === true;
  return own || compileTagPattern(PLAYED_TAGS[name]?.tags ?? "").test(tag);
};

describe("the tags that are played", () => {
  it.each(Object.entries(ASKED))("answer to what guides ask of %s", (name, tags) => {
    expect(tags.split(" ").filter((tag) => !answers(name, tag))).toEqual([]);
  });

  it.each(Object.keys(PLAYED_TAGS))("leave out what %s cannot be, and what no image is called", (name) => {
    const odd = [
      "windows",
      "windowsservercore",
      "nanoserver",
      "1-nanoserver",
      "3.12-onbuild",
      "no-such-tag",
      "v2",
    ];
    expect(odd.filter((tag) => answers(name, tag))).toEqual([]);
  });

  it("are of images on the shelf, and are played by one that it lists", () => {
    const listed = SHELF.flatMap(({ recipe }) => recipe.tags.map((tag) => `${recipe.name}:${tag}`));
    for (const [name, { by }] of Object.entries(PLAYED_TAGS)) {
      expect(SHELF.some(({ recipe }) => recipe.name === name)).toBe(true);
      expect(listed).toContain(by);
    }
  });
});

it("an image that plays says so in its labels and history, on the same layers", () => {
  const image = assembleImage(
    { name: "python", tags: ["3.13"], description: "Python." },
    { config: { Cmd: ["python3"] }, step: "ADD", packages: {} },
    { digest: `sha256:${"0".repeat(64)}`, bytes: 10 },
  );
  const played = sayPlayed(image, { tags: "2", by: "python:3.13", says: "Played by Python 3.13." });
  expect(played.layers).toEqual(image.layers);
  expect(played.config.config.Labels).toMatchObject({
    "dev.drydock.played-by": "python:3.13",
    "org.opencontainers.image.description": "Played by Python 3.13. Python.",
  });
  expect(played.config.history.at(-1)?.created_by).toBe("LABEL dev.drydock.played-by=python:3.13");
  expect(played.config.config.Cmd).toEqual(["python3"]);
  expect(sayPlayed(image, { tags: "2", by: "x" })).toBe(image);
});
