import { describe, expect, it } from "vitest";
import { CATALOGUE_FORMAT, type CatalogueIndex } from "../../worker/hub/catalogue/catalogue-index";
import type { Budget } from "./budget";
import { describeImages, measureImages } from "./image-sizes";
import { findTooLarge } from "./sizes";

type Layers = Readonly<Record<string, number>>;

const digestOf = (letter: string): `sha256:${string}` => `sha256:${letter.repeat(64)}`;

/** A catalogue of images with these layers: letter to megabytes. */
function catalogue(images: Readonly<Record<string, Layers>>): CatalogueIndex {
  const index: CatalogueIndex = {
    format: CATALOGUE_FORMAT,
    repositories: [],
    missing: [],
    absent: [],
    manifests: {},
    configs: {},
    layers: {},
    packages: {},
  };
  Object.entries(images).forEach(([name, layers], position) => {
    const manifest = digestOf(String(position));
    const list = digestOf(`${position + 5}`);
    index.repositories.push({ name, description: "", stars: 0, official: true, tags: { latest: list } });
    const descriptors = Object.entries(layers).map(([letter, size]) => ({
      digest: digestOf(letter),
      size: size * 1e6,
    }));
    index.manifests[manifest] = { mediaType: "", text: JSON.stringify({ layers: descriptors }) };
    index.manifests[list] = {
      mediaType: "",
      text: JSON.stringify({ manifests: [{ digest: manifest, size: 1 }] }),
    };
    for (const { digest, size } of descriptors) {
      index.layers[digest] = { bytes: size, chunks: [{ sha256: "0".repeat(64), bytes: size / 4 }] };
    }
  });
  return index;
}

describe("measureImages", () => {
  const sizes = measureImages(
    catalogue({
      "library/debian": { a: 2, b: 4 },
      "library/nginx": { a: 2, b: 4, c: 2 },
      "library/redis": { a: 2, b: 4, d: 7 },
      "somebody/new": { a: 2 },
    }),
  );

  it("counts what the base does not have, and what a pull fetches of it", () => {
    expect(
      sizes.map(({ name, bytes, ownBytes, fetchedBytes }) => [name, bytes, ownBytes, fetchedBytes]),
    ).toEqual([
      ["library/debian", 6e6, 6e6, 1.5e6],
      ["library/nginx", 8e6, 2e6, 0.5e6],
      ["library/redis", 13e6, 7e6, 1.75e6],
      ["somebody/new", 2e6, 0, 0],
    ]);
  });

  it("finds what is over its budget, or has none", () => {
    const atMost = (bytes: number): Budget[string] => ({ unit: "bytes", atMost: bytes, strict: true });
    const budget = {
      "image-library/debian": atMost(8e6),
      "image-library/nginx": atMost(3e6),
      "image-library/redis": atMost(6e6),
    };
    const lines = describeImages(sizes, budget);
    expect(lines[1]).toMatch(/nginx:latest .*own +2\.00 MB.* ok$/);
    expect(lines[2]).toMatch(/redis:latest .*own +7\.00 MB.* OVER$/);
    expect(lines[3]).toMatch(/somebody\/new.* no budget OVER$/);
    expect(findTooLarge({ figures: [], images: sizes }, budget)).toEqual([
      "image-library/redis: 7.00 MB, at most 6.00 MB",
      "image-somebody/new: 0.00 MB, and budget.json has no limit for it",
    ]);
  });
});
