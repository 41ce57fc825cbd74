import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { computeStageKey } from "./stage-key";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "drydock-inputs-"));
  await mkdir(join(folder, "recipe"));
  await writeFile(join(folder, "recipe", "a"), "one");
});
afterEach(() => rm(folder, { recursive: true }));

const keyOf = (): Promise<string> => computeStageKey("disk", { files: [join(folder, "recipe")] });

it("is a sha256, and the same for the same inputs in whatever order values are written", async () => {
  const key = await computeStageKey("disk", { values: { suite: "trixie", size: "2" } });
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(await computeStageKey("disk", { values: { size: "2", suite: "trixie" } })).toBe(key);
});

it("changes with the stage's name, each value, and the stages before", async () => {
  const keys = await Promise.all([
    computeStageKey("disk", {}),
    computeStageKey("kernel", {}),
    computeStageKey("disk", { values: { suite: "trixie" } }),
    computeStageKey("disk", { values: { suite: "forky" } }),
    computeStageKey("disk", { values: { suite: "trixie\nvalue x" } }),
    computeStageKey("disk", { stages: [{ name: "oci", key: "1" }] }),
    computeStageKey("disk", { stages: [{ name: "oci", key: "2" }] }),
  ]);
  expect(new Set(keys).size).toBe(keys.length);
});

it("changes with a file's content, name and executable bit, a link's target and a new file", async () => {
  const keys = [await keyOf()];
  const path = join(folder, "recipe", "a");
  await writeFile(path, "two");
  keys.push(await keyOf());
  await chmod(path, 0o755);
  keys.push(await keyOf());
  await symlink("a", join(folder, "recipe", "b"));
  keys.push(await keyOf());
  await rm(join(folder, "recipe", "b"));
  await symlink("elsewhere", join(folder, "recipe", "b"));
  keys.push(await keyOf());
  await writeFile(join(folder, "recipe", "c"), "");
  keys.push(await keyOf());
  expect(new Set(keys).size).toBe(keys.length);
});

it("does not change with a test, nor with where the folder lies", async () => {
  const key = await keyOf();
  await writeFile(join(folder, "recipe", "a.test.ts"), "");
  expect(await keyOf()).toBe(key);
  const copy = join(folder, "copy");
  await mkdir(copy);
  await writeFile(join(copy, "a"), "one");
  expect(await computeStageKey("disk", { files: [copy] })).toBe(key);
});

it("says which file is missing", async () => {
  await expect(computeStageKey("disk", { files: [join(folder, "absent")] })).rejects.toThrow(/absent/);
});
