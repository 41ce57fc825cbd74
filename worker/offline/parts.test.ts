import { expect, it } from "vitest";
import type { Release } from "../../contract/shell";
import { nameChunk } from "../disk/testing/chunk-box";
import { sampleManifest } from "../disk/testing/sample-manifest";
import { listSample, sampleIndex } from "../hub/testing/sample-catalogue";
import { pattern } from "../lan/testing/random";
import { planParts } from "./parts";

const RELEASE: Release = {
  format: 1,
  id: "a".repeat(64),
  shell: [{ path: "index.html", sha256: "b".repeat(64), bytes: 5 }],
  lessons: [{ path: "assets/course/one.json", sha256: "c".repeat(64), bytes: 7 }],
};

const HOWS = ["by itself", "in an index"] as const;

it.each(HOWS)("tells the machine's parts and the images from one another, an image %s", async (how) => {
  const blocks = [1, 2, 3, 4].map((seed) => nameChunk(pattern(seed * 1000, 100)));
  const state = nameChunk(pattern(99, 100));
  const base = sampleManifest({ state: { bytes: 100, chunks: [state] } });
  const manifest = { ...base, blocks: { ...base.blocks, chunks: blocks, ramChunks: 2, hotChunks: 3 } };
  const sample = await sampleIndex();
  const { index } = sample;
  if (how === "in an index") await listSample(sample);
  const { files, parts } = planParts(manifest, index, RELEASE);
  const namesOf = (id: string): string[] =>
    (parts.find((part) => part.id === id)?.files ?? []).map((file) => files[file]?.sha256 ?? "");

  expect(namesOf("machine")).toEqual(
    expect.arrayContaining([state.sha256, ...blocks.slice(0, 2).map((c) => c.sha256)]),
  );
  expect(namesOf("commands")).toEqual([blocks[2]?.sha256]);
  expect(namesOf("disk")).toEqual([blocks[3]?.sha256]);
  expect(namesOf("lessons")).toEqual(["c".repeat(64)]);
  expect(parts.map(({ id }) => id)).toEqual([
    "machine",
    "commands",
    "disk",
    "lessons",
    ...index.repositories.map(({ name }) => `image:${name}`),
  ]);
  const layers = new Set(
    Object.values(index.layers).flatMap(({ chunks }) => chunks.map(({ sha256 }) => sha256)),
  );
  const images = new Set(parts.slice(4).flatMap(({ id }) => namesOf(id)));
  expect(images).toEqual(layers);
  // Each file stands once, however many parts have it.
  expect(new Set(files.map(({ store, sha256 }) => store + sha256)).size).toBe(files.length);
});
