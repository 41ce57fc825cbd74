import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { defaultCacheFolder, pruneStage } from "./cache";
import { createProgress } from "./progress";
import { createPipeline, type Pipeline, type Stage } from "./stage";

let cacheFolder: string;
let printed: string;
beforeEach(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), "drydock-stage-"));
  printed = "";
});
afterEach(() => rm(cacheFolder, { recursive: true }));

const open = (): Pipeline =>
  createPipeline({ cacheFolder, progress: createProgress({ write: (text) => (printed += text) }), total: 2 });

const toy = (build: Stage["build"]): Stage => ({ name: "toy", inputs: {}, build });

/** A stage that counts how often it is built. */
function countingStage(value: string): Stage & { builds: number } {
  const stage = {
    name: "toy",
    builds: 0,
    inputs: { values: { value } },
    async build({ out, work, say }: Parameters<Stage["build"]>[0]) {
      stage.builds += 1;
      say("making it");
      await writeFile(join(work, "scratch"), "");
      await writeFile(join(out, "result"), value);
    },
  };
  return stage;
}

it("builds once, then finds the result, and leaves nothing else behind", async () => {
  const stage = countingStage("x");
  const first = await open().run(stage);
  const second = await open().run(stage);
  expect(stage.builds).toBe(1);
  expect([first.cached, second.cached]).toEqual([false, true]);
  expect(second.folder).toBe(first.folder);
  expect(await readFile(join(second.folder, "result"), "utf8")).toBe("x");
  expect(await readdir(join(cacheFolder, "toy"))).toEqual([first.key]);
  expect(printed).toMatch(/^\[1\/2\] toy: making it … 0\.\d s\n\[1\/2\] toy: up to date\n$/);
});

it("builds again when an input changes", async () => {
  const [one, two] = [countingStage("x"), countingStage("y")];
  const pipeline = open();
  expect((await pipeline.run(one)).key).not.toBe((await pipeline.run(two)).key);
  expect(two.builds).toBe(1);
});

it("ends with its signal's reason, and leaves nothing", async () => {
  const stop = new AbortController();
  const stage = toy(async ({ run }) => {
    await run("sh", ["-c", "echo begun; exec sleep 60"], {
      onLine: () => stop.abort(new Error("the other failed")),
    });
  });
  await expect(open().run(stage, { signal: stop.signal })).rejects.toThrow("the other failed");
  expect(printed).toContain("stopped");
  expect(await readdir(join(cacheFolder, "toy"))).toEqual([]);
});

it("leaves no result of a build that failed", async () => {
  const stage = toy(async ({ out }) => {
    await writeFile(join(out, "half"), "");
    throw new Error("no luck");
  });
  await expect(open().run(stage)).rejects.toThrow("no luck");
  expect(await readdir(join(cacheFolder, "toy"))).toEqual([]);
});

it("shows the end of the log and its path when a tool fails", async () => {
  const stage = toy(async ({ run }) => {
    await run("sh", ["-c", "echo first; echo the reason >&2; exit 3"]);
  });
  const log = join(cacheFolder, "logs", "toy.log");
  const failure = open().run(stage);
  await expect(failure).rejects.toThrow(/sh failed \(exit status 3\)/);
  await expect(failure).rejects.toThrow(`The end of ${log}:`);
  await expect(failure).rejects.toThrow("the reason");
  expect(await readFile(log, "utf8")).toContain("first\n");
});

it("says that a tool is not there", async () => {
  const stage = toy(async ({ run }) => {
    await run("drydock-no-such-tool", []);
  });
  await expect(open().run(stage)).rejects.toThrow(/drydock-no-such-tool failed .*ENOENT/);
});

it("clears away what an interrupted build of a dead process left", async () => {
  const stage = countingStage("x");
  // Process ids are below 2^22 on Linux.
  const left = join(cacheFolder, "toy", `.building-${"0".repeat(64)}-4194305`);
  await mkdir(join(left, "out"), { recursive: true });
  const { key } = await open().run(stage);
  expect(await readdir(join(cacheFolder, "toy"))).toEqual([key]);
});

it("keeps the newest builds, and the current one however old it is", async () => {
  const stageFolder = join(cacheFolder, "toy");
  const keys = ["a", "b", "c", "d", "e"].map((letter) => letter.repeat(64));
  for (const [age, key] of keys.entries()) {
    await mkdir(join(stageFolder, key), { recursive: true });
    const used = new Date(Date.UTC(2026, 0, 10 - age));
    await utimes(join(stageFolder, key), used, used);
  }
  await pruneStage(stageFolder, "e".repeat(64), { kept: 3 });
  expect((await readdir(stageFolder)).map((key) => key[0]).sort()).toEqual(["a", "b", "e"]);
});

it("keeps what was used in the last hours, for working copies that share the cache", async () => {
  const stageFolder = join(cacheFolder, "toy");
  for (const letter of ["a", "b", "c"])
    await mkdir(join(stageFolder, letter.repeat(64)), { recursive: true });
  await pruneStage(stageFolder, "c".repeat(64), { kept: 1 });
  expect(await readdir(stageFolder)).toHaveLength(3);
  await pruneStage(stageFolder, "c".repeat(64), { kept: 1, recentMs: -1000 });
  expect(await readdir(stageFolder)).toEqual(["c".repeat(64)]);
});

it("takes the cache folder from XDG_CACHE_HOME when that is absolute", () => {
  expect(defaultCacheFolder({ XDG_CACHE_HOME: "/var/tmp/c" })).toBe("/var/tmp/c/drydock");
  expect(defaultCacheFolder({ XDG_CACHE_HOME: "relative" })).toMatch(/^\/.*\/\.cache\/drydock$/);
  expect(defaultCacheFolder({})).toMatch(/\/\.cache\/drydock$/);
});
