import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Hub, measureCoverage } from "./coverage";
import { parseImageName } from "./image-names";
import { readComposeFile, readDockerfile } from "./needs";
import { readRepository } from "./repository";

describe("parseImageName", () => {
  it.each([
    ["nginx", "nginx", "latest"],
    ["docker.io/library/nginx:1.28-alpine", "nginx", "1.28-alpine"],
    ['"redis:alpine"', "redis", "alpine"],
    ["localhost:5000/team/app", "localhost:5000/team/app", undefined],
    ["prom/prometheus:v3@sha256:00", "prom/prometheus", "v3"],
  ])("reads %s", (text, name, tag) => {
    expect(parseImageName(text)).toEqual(tag === undefined ? undefined : { name, tag });
  });

  it.each(["node:${VERSION}", "<your-image>", "", ":", "\u0000\ufffd", "A B"])("does not know %j", (text) => {
    expect(parseImageName(text)).toBeUndefined();
  });
});

describe("readDockerfile", () => {
  it("finds the bases that are no stages, the frontend, and what RUN fetches with", () => {
    const needs = readDockerfile(
      [
        "# syntax=docker/dockerfile:1.4",
        "FROM --platform=linux/amd64 golang:1.22 AS Build",
        "RUN go build -o /app . && \\",
        "    curl -fsSL http://example.com",
        "FROM build AS again",
        "FROM scratch",
        "COPY --from=build /app /app",
      ].join("\r\n"),
    );
    expect(needs).toMatchObject({ hasUnknown: false, downloads: ["go", "curl, wget"], isForWindows: false });
    expect(needs?.images.map(({ name, tag }) => `${name}:${tag}`)).toEqual([
      "golang:1.22",
      "docker/dockerfile:1.4",
    ]);
  });

  it("knows what is not known, what is for Windows, and what is no Dockerfile", () => {
    expect(readDockerfile("ARG V=1\nFROM node:${V}\n")).toMatchObject({ hasUnknown: true, images: [] });
    expect(readDockerfile("FROM mcr.microsoft.com/windows/nanoserver\n")?.isForWindows).toBe(true);
    expect(readDockerfile("FROM scratch\n")).toMatchObject({ images: [], hasUnknown: false });
    for (const odd of ["", "\u0000\ufffd\u0001", "FROM", "from here on, nothing"]) {
      expect(readDockerfile(odd)?.images.length ?? 0).toBeLessThanOrEqual(1);
    }
  });
});

describe("measureCoverage", () => {
  const hub: Hub = {
    tags: (name) => (name === "library/nginx" ? new Map([["latest", "sha256:0"]]) : undefined),
    played: (name, tag) =>
      name === "library/nginx" && tag === "alpine" ? { digest: "sha256:0", by: "nginx:latest" } : undefined,
  };

  it("counts files by what the hub has, its tags, and what is fetched", () => {
    const files = [
      "FROM nginx\n",
      "FROM nginx:alpine\nRUN apk add curl\n",
      "FROM nginx:odd\n",
      "FROM nginx\nFROM mongo:4\n",
      "FROM $BASE\n",
      'FROM nginx\nSHELL ["powershell"]\n',
    ].map((text) => readDockerfile(text) ?? expect.fail("no Dockerfile"));
    expect(measureCoverage(files, hub)).toEqual({
      files: 5,
      named: 3,
      tagged: 2,
      offline: 1,
      lacking: [
        ["mongo:4", 1],
        ["nginx:odd", 1],
      ],
    });
    const compose = readComposeFile("services:\n  a:\n    image: 'nginx:alpine'\n  b:\n    build: .\n");
    expect(measureCoverage([compose], hub)).toMatchObject({ files: 1, named: 1, tagged: 1, offline: 1 });
    expect(measureCoverage([], hub)).toMatchObject({ files: 0, lacking: [] });
  });
});

describe("readRepository", () => {
  let folder = "";
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("reads what the newest commit has, also bytes that are no text", async () => {
    folder = await mkdtemp(join(tmpdir(), "drydock-field-"));
    const git = (...args: string[]): Buffer =>
      execFileSync("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@b", ...args]);
    git("init", "-q");
    await mkdir(join(folder, "app/node_modules"), { recursive: true });
    await writeFile(join(folder, "Dockerfile"), "FROM nginx\n");
    await writeFile(join(folder, "app/Dockerfile.dev"), Uint8Array.of(0xff, 0, 0xfe));
    await writeFile(join(folder, "app/node_modules/Dockerfile"), "FROM node\n");
    await writeFile(join(folder, "Dockerfile.md"), "FROM prose\n");
    await writeFile(join(folder, "app/docker-compose.prod.yml"), "services: {}\n");
    git("add", "-A");
    git("commit", "-q", "-m", "x");
    await writeFile(join(folder, "Dockerfile"), "FROM changed\n");
    const { dockerfiles, composeFiles } = await readRepository(folder);
    expect(dockerfiles).toHaveLength(2);
    expect(dockerfiles).toContain("FROM nginx\n");
    expect(composeFiles).toEqual(["services: {}\n"]);
  });

  it("says what is no repository", async () => {
    folder = await mkdtemp(join(tmpdir(), "drydock-field-"));
    await expect(readRepository(folder)).rejects.toThrow(/not a git repository/);
    await expect(readRepository(join(folder, "none"))).rejects.toThrow(/none/);
  });
});
