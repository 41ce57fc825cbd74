import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { composeNotices, NOTICES } from "./notices";
import { ROOT } from "../site/site";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "drydock-notices-"));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

async function addPackage(path: string, files: Record<string, string>): Promise<void> {
  await mkdir(join(root, path), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(root, path, name), text);
}

async function writeLock(packages: unknown): Promise<void> {
  await writeFile(join(root, "package-lock.json"), JSON.stringify({ packages }));
}

it("licences/npm.txt is up to date (npx tsx scripts/commands/notices.ts)", async () => {
  expect(await readFile(NOTICES, "utf8")).toBe(await composeNotices(ROOT));
});

it("lists what is shipped, also nested and scoped, with every licence and notice file", async () => {
  await writeLock({
    "": { name: "drydock" },
    "node_modules/@a/one": { version: "1.0.0", license: "MIT" },
    "node_modules/two": { version: "2.0.0", license: "MIT" },
    "node_modules/two/node_modules/three": { version: "3.0.0", license: "BSD-2-Clause" },
    "node_modules/tool": { version: "4.0.0", license: "MIT", dev: true },
  });
  await addPackage("node_modules/@a/one", { LICENSE: "the first\r\n" });
  await addPackage("node_modules/two", { "LICENCE.md": "the second" });
  await addPackage("node_modules/two/node_modules/three", { "license.txt": "another", NOTICE: "and thanks" });
  await addPackage("node_modules/tool", { LICENSE: "not shipped" });
  const text = await composeNotices(root);
  expect(text).toMatch(/\n=+\n@a\/one 1\.0\.0: MIT\n=+\n\nthe first\n/);
  expect(text).toMatch(/\nthree 3\.0\.0: BSD-2-Clause\n=+\n\nand thanks\n\nanother\n/);
  expect(text).not.toContain("tool");
});

it("shares equal texts", async () => {
  await writeLock({
    "node_modules/one": { version: "1.0.0", license: "MIT" },
    "node_modules/two": { version: "2.0.0", license: "MIT" },
  });
  await addPackage("node_modules/one", { LICENSE: "the same\r\n" });
  await addPackage("node_modules/two", { LICENSE: "the same\n\n" });
  expect(await composeNotices(root)).toMatch(/\none 1\.0\.0: MIT\ntwo 2\.0\.0: MIT\n=+\n\nthe same\n$/);
});

it("names a package that has no licence file", async () => {
  await writeLock({ "node_modules/bare": { version: "1.0.0" } });
  await addPackage("node_modules/bare", { "license-checker.js": "" });
  await expect(composeNotices(root)).rejects.toThrow("bare has no licence file");
});

it("refuses a lock file that is not one", async () => {
  await writeLock([]);
  await expect(composeNotices(root)).rejects.toThrow();
});
