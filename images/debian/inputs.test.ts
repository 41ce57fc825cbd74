import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { computeStageKey } from "../pipeline/stage-key";
import { createProgress } from "../pipeline/progress";
import { createToolRunner } from "../pipeline/run-tool";
import { createPipeline } from "../pipeline/stage";
import { DebianInputs, fetchInputs, inputsStage } from "./inputs";
import type { Inputs, Supply } from "./wants";

const nothing: Supply = { way: 0, packages: [], tree: [], sources: [], losses: [] };
const file = { name: "a_1_all.deb", uri: "http://127.0.0.1:1/a_1_all.deb", bytes: 3, sha256: "0".repeat(64) };

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "drydock-inputs-"));
});
afterAll(() => rm(root, { recursive: true }));

describe("what was fetched", () => {
  const inputs: Inputs = {
    supplies: {
      best: nothing,
      second: { ...nothing, way: 1, losses: ["not from source"] },
      gone: { ...nothing, packages: [{ ...file, package: "a", version: "1" }] },
    },
    leftOut: { "image x": "404" },
  };
  const debian = (): DebianInputs => DebianInputs.of(inputs, join(root, "cache"));

  it("has a grade that tells second-best from best, for the keys of stages", () => {
    expect(debian().grade("best")).toBe("");
    expect(debian().grade("nobody")).toBe("");
    expect(debian().grade("second")).toContain("not from source");
    expect(debian().losses).toEqual({ second: ["not from source"] });
  });

  it("is not there for who was left out, nor when a file is gone here and there", async () => {
    const { run } = createToolRunner(join(root, "log"));
    await expect(debian().material("image x", root, run)).rejects.toThrow("nothing of Debian's was fetched");
    await expect(debian().material("gone", root, run)).rejects.toThrow(
      /a_1_all\.deb: .*[\s\S]*images -- --fresh/,
    );
    expect(await debian().material("best", root, run)).toMatchObject(nothing);
  });

  it.each(["", "{", "null", '{"supplies":{}}', '{"supplies":{"a":{"way":-1}},"leftOut":{}}'])(
    "is refused when its index is %j",
    async (text) => {
      await writeFile(join(root, "inputs.json"), text);
      await expect(DebianInputs.open(root, root)).rejects.toThrow();
    },
  );

  it("is refused when a file's name leads elsewhere", async () => {
    const packages = [{ ...file, name: "../a_1_all.deb", package: "a", version: "1" }];
    const bad = { supplies: { a: { ...nothing, packages } }, leftOut: {} };
    await writeFile(join(root, "inputs.json"), JSON.stringify(bad));
    await expect(DebianInputs.open(root, root)).rejects.toThrow("a file's name");
  });
});

it("is used without the network, with a line on what is second best, also after a broken-off --fresh", async () => {
  const cacheFolder = join(root, "lossy");
  const pipeline = createPipeline({ cacheFolder, progress: createProgress({ write: () => true }), total: 1 });
  const stage = inputsStage([], cacheFolder);
  const folder = join(cacheFolder, "inputs", await computeStageKey(stage.name, stage.inputs));
  await mkdir(`${folder}.aside`, { recursive: true });
  const supplies = { best: nothing, "image nginx": { ...nothing, losses: ["another version"] } };
  const index = JSON.stringify({ supplies, leftOut: { "image x": "404" } });
  await writeFile(join(`${folder}.aside`, "inputs.json"), index);
  const notes: string[] = [];
  await fetchInputs(pipeline, [], { fresh: false, note: (text) => notes.push(text) });
  expect(notes).toEqual([
    "second best, for want of better on the mirror: image nginx, image x (again: npm run images -- --fresh)",
  ]);
  expect(await readFile(join(folder, "inputs.json"), "utf8")).toBe(index);
});

it("stays in force, with a note, when it is to be made anew and no mirror answers", async () => {
  const cacheFolder = join(root, "kept");
  const notes: string[] = [];
  const pipeline = createPipeline({ cacheFolder, progress: createProgress({ write: () => true }), total: 1 });
  const stage = inputsStage([], cacheFolder);
  const folder = join(cacheFolder, "inputs", await computeStageKey(stage.name, stage.inputs));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "inputs.json"), JSON.stringify({ supplies: { kept: nothing }, leftOut: {} }));
  const before = process.env["DEBIAN_MIRROR"];
  process.env["DEBIAN_MIRROR"] = "http://127.0.0.1:1/debian";
  try {
    const debian = await fetchInputs(pipeline, [], { fresh: true, note: (text) => notes.push(text) });
    expect(await debian.material("kept", root, createToolRunner(join(root, "log")).run)).toMatchObject(
      nothing,
    );
    expect(notes.join("\n")).toMatch(
      /what was fetched before is used: .*lists of Debian trixie cannot be had/,
    );
  } finally {
    if (before === undefined) delete process.env["DEBIAN_MIRROR"];
    else process.env["DEBIAN_MIRROR"] = before;
  }
});
