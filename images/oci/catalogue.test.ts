import { describe, expect, it } from "vitest";
import { parseCatalogueIndex } from "../../worker/hub/catalogue/catalogue-index";
import type { Digest } from "../../worker/hub/names";
import { describeCatalogue, describeMissing } from "./catalogue";
import { assembleImage } from "./image";
import { addFolders, packLayer, type LayerEntry } from "./layer";
import { ABSENT, repositoryName, SHELF } from "./shelf";

const file = (path: string): LayerEntry => ({ kind: "file", path, content: Buffer.from(path) });
const settings = { config: {}, step: "COPY", packages: { toy: "1.0-1" } };
const chunk = { sha256: "0".repeat(64), bytes: 10 };

describe("the catalogue's index", () => {
  it("has each image under its tags, and a shared layer once", async () => {
    const [below, above] = [await packLayer([file("a")]), await packLayer([file("b")])];
    const recipes = ["base", "top", "me/top"].map((name) => ({
      name,
      folder: "none",
      tags: ["latest", "1"],
      description: `the image ${name}`,
      build: () => Promise.reject(new Error("not called")),
    }));
    const [base, top, mine] = recipes;
    if (base === undefined || top === undefined || mine === undefined) throw new Error("three recipes");
    const baseImage = assembleImage(base, settings, below);
    const images = [
      baseImage,
      assembleImage(top, settings, above, baseImage),
      assembleImage(mine, settings, undefined, baseImage),
    ];
    const layers = new Map(
      [below, above].map(({ digest, bytes }) => [digest, { layer: { digest, bytes, chunks: [chunk] } }]),
    );
    const entries = recipes.map((recipe) => ({ recipe, stars: 1, official: true }));
    const index = parseCatalogueIndex(JSON.stringify(describeCatalogue(entries, images, layers)), "here");
    expect(index.repositories.map(({ name, tags }) => [name, Object.keys(tags)])).toEqual([
      ["library/base", ["1", "latest"]],
      ["library/top", ["1", "latest"]],
      ["me/top", ["1", "latest"]],
    ]);
    expect(Object.keys(index.layers).sort()).toEqual([below.digest, above.digest].sort());
    // Each image, and the index that its tags name.
    expect(Object.keys(index.manifests)).toHaveLength(6);
    const latest = index.repositories[1]?.tags["latest"] ?? "sha256:";
    const list = JSON.parse(index.manifests[latest]?.text ?? "") as { manifests: { digest: Digest }[] };
    expect(list.manifests).toMatchObject([{ platform: { architecture: "386", os: "linux" } }]);
    expect(index.manifests[list.manifests[0]?.digest ?? latest]?.mediaType).toContain("image.manifest");
    expect(index.packages).toEqual({ toy: "1.0-1" });
    expect(Object.values(index.repositories[0]?.tags ?? {})).not.toEqual(
      Object.values(index.repositories[2]?.tags ?? {}),
    );
  });

  it("is not made when nobody made a layer", async () => {
    const [entry] = SHELF;
    if (entry === undefined) throw new Error("an empty shelf");
    const layer = await packLayer([file("a")]);
    const image = assembleImage(entry.recipe, settings, layer);
    expect(() => describeCatalogue([entry], [image], new Map())).toThrow(layer.digest);
  });
});

it("an image that plays other tags is there twice, on the same layers", async () => {
  const entry = SHELF.find(({ recipe }) => recipe.name === "python");
  if (entry === undefined) throw new Error("no python");
  const layer = await packLayer([file("a")]);
  const image = assembleImage(entry.recipe, settings, layer);
  const layers = new Map([[layer.digest, { layer: { ...layer, chunks: [chunk] } }]]);
  const index = parseCatalogueIndex(JSON.stringify(describeCatalogue([entry], [image], layers)), "here");
  const [python] = index.repositories;
  expect(python?.played).toMatchObject({ by: "python:3.13" });
  expect(Object.values(python?.tags ?? {})).not.toContain(python?.played?.digest);
  expect(Object.keys(index.layers)).toEqual([layer.digest]);
  expect(index.absent.find(({ name }) => name === "library/mongo")?.instead).toContain("library/redis");
});

it("what is absent is not on the shelf, and what there is instead is", () => {
  const names = SHELF.map(({ recipe }) => recipe.name);
  for (const { name, instead } of ABSENT) {
    expect(names).not.toContain(name);
    expect(instead.filter((each) => !names.includes(each))).toEqual([]);
  }
  expect(new Set(ABSENT.map(({ name }) => name)).size).toBe(ABSENT.length);
});

describe("images that were left out", () => {
  it("are named with what is missing below them", () => {
    const left = describeMissing({ "image python": "404" });
    expect(left.map(({ name }) => name)).toEqual(["library/python", "drydock/web", "training/webapp"]);
    expect(left[0]?.why).toContain("did not have its packages");
    expect(left[1]?.why).toContain("stands on python");
    expect(describeMissing({})).toEqual([]);
  });
});

describe("the shelf", () => {
  it("has every name once, and says of those that are played by something else what plays them", () => {
    const names = SHELF.map(({ recipe }) => repositoryName(recipe));
    expect(new Set(names).size).toBe(names.length);
    const description = (name: string): string =>
      SHELF.find(({ recipe }) => recipe.name === name)?.recipe.description ?? "";
    expect(description("ubuntu")).toContain("Played by Debian");
    expect(description("mysql")).toContain("Played by MariaDB");
  });

  it("has several answers to a search for nginx", () => {
    const found = SHELF.filter(({ recipe }) => /nginx/i.test(recipe.name + recipe.description));
    expect(found.length).toBeGreaterThanOrEqual(3);
    expect(found.some(({ official }) => official)).toBe(true);
    expect(new Set(found.map(({ stars }) => stars)).size).toBe(found.length);
  });

  it("calls official only what is pulled without a namespace", () => {
    for (const { recipe, official } of SHELF) expect(official).toBe(!recipe.name.includes("/"));
  });
});

describe("addFolders", () => {
  it("adds every folder above, with the mode that it has in Debian", () => {
    const folders = addFolders([file("usr/bin/x"), file("root/y"), file("var/tmp/z")]).filter(
      ({ kind }) => kind === "folder",
    );
    expect(new Map(folders.map(({ path, mode }) => [path, mode]))).toEqual(
      new Map([
        ["usr", undefined],
        ["usr/bin", undefined],
        ["root", 0o700],
        ["var", undefined],
        ["var/tmp", 0o1777],
      ]),
    );
  });

  it("leaves a folder that is given as it is, and what comes twice for packing to refuse", async () => {
    const own: LayerEntry = { kind: "folder", path: "data", uid: 999 };
    expect(addFolders([file("data/x"), own])).toEqual([file("data/x"), own]);
    await expect(packLayer(addFolders([file("a/x"), file("a/x")]))).rejects.toThrow("twice");
  });

  it("refuses a file inside a file", () => {
    expect(() => addFolders([file("a"), file("a/b")])).toThrow('"a/b" is in something that is not a folder');
  });
});
