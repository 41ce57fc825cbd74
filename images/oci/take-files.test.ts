import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ownFiles, takeFrom } from "./take-files";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "drydock-take-"));
  await mkdir(join(root, "usr/lib/deep"), { recursive: true });
  for (const name of ["usr/lib/liba.so.1.2", "usr/lib/libab.so.1", "usr/lib/deep/x", "run.sh", "plain"]) {
    await writeFile(join(root, name), name === "run.sh" ? "#!/bin/sh\n" : name);
  }
  await symlink("liba.so.1.2", join(root, "usr/lib/liba.so.1"));
  await chmod(join(root, "usr/lib/libab.so.1"), 0o750);
});
afterAll(() => rm(root, { recursive: true }));

const paths = async (...patterns: string[]): Promise<string[]> =>
  (await takeFrom(root, patterns)).map(({ path }) => path);

describe("takeFrom", () => {
  it("takes a file by its path, with its mode and as root's", async () => {
    expect(await takeFrom(root, ["usr/lib/libab.so.1"])).toEqual([
      { kind: "file", path: "usr/lib/libab.so.1", mode: 0o750, content: Buffer.from("usr/lib/libab.so.1") },
    ]);
  });

  it("takes links as links", async () => {
    expect(await takeFrom(root, ["usr/lib/liba.so.1"])).toEqual([
      { kind: "link", path: "usr/lib/liba.so.1", target: "liba.so.1.2" },
    ]);
  });

  it("takes a star for part of one name, a slash at the end for a folder, and each file once", async () => {
    expect(await paths("usr/lib/liba.so.1*")).toEqual(["usr/lib/liba.so.1", "usr/lib/liba.so.1.2"]);
    expect(await paths("usr/lib/*")).toEqual([
      "usr/lib/liba.so.1",
      "usr/lib/liba.so.1.2",
      "usr/lib/libab.so.1",
    ]);
    expect(await paths("usr/lib/deep/", "usr/*/deep/x")).toEqual(["usr/lib/deep/x"]);
  });

  it.each(["usr/lib/liba.so", "usr/lib", "lib.*", "usr/lib/libz*", ""])(
    "refuses %j, which finds nothing",
    async (pattern) => {
      await expect(takeFrom(root, ["plain", pattern])).rejects.toThrow(`no file is ${pattern}`);
    },
  );
});

it("makes programs of our own files that begin like one", async () => {
  const entries = await ownFiles(root, { "usr/bin/run": "run.sh", "etc/plain": "plain" });
  expect(entries.map(({ path, mode }) => [path, mode])).toEqual([
    ["usr/bin/run", 0o755],
    ["etc/plain", 0o644],
  ]);
});
