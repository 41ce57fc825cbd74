import { describe, expect, it } from "vitest";
import {
  CATALOGUE_FORMAT,
  catalogueChunkNames,
  catalogueIndexSchema,
  parseCatalogueIndex,
} from "./catalogue-index";
import { sampleIndex } from "../testing/sample-catalogue";

const { index } = await sampleIndex();
const text = JSON.stringify(index);

describe("parseCatalogueIndex", () => {
  it("reads what the pipeline writes", () => {
    expect(parseCatalogueIndex(text, "there")).toEqual(index);
  });

  it("tells another format from a broken index", () => {
    const newer = JSON.stringify({ ...index, format: CATALOGUE_FORMAT + 1 });
    expect(() => parseCatalogueIndex(newer, "there")).toThrow(
      expect.objectContaining({ code: "version-mismatch", subject: "there" }) as Error,
    );
  });

  it.each([
    ["nothing", ""],
    ["half of it", text.slice(0, text.length >> 1)],
    ["all but its last byte", text.slice(0, -1)],
    ["a page", "<html>not found</html>"],
    ["null", "null"],
    ["a list", "[]"],
    ["nothing but a format", `{"format":${CATALOGUE_FORMAT}}`],
    ["a bad repository", JSON.stringify({ ...index, repositories: [{ name: "Library/No" }] })],
    ["a bad digest", JSON.stringify({ ...index, configs: { "sha256:0": "{}" } })],
    ["a bad tag", text.replace('"latest"', '"la test"')],
    [
      "a pattern of tags that is none",
      text.replace('"tags":', '"played":{"tags":"1(","digest":"x","by":"x"},"tags":'),
    ],
    ["a chunk that is too large", text.replace(/"bytes":\d+,?/g, '"bytes":1048577')],
    ["a chunk that is a path", text.replace(/"sha256":"[0-9a-f]+"/, '"sha256":"../../etc/passwd"')],
  ])("refuses %s", (_, broken) => {
    expect(broken).not.toBe(text);
    expect(() => parseCatalogueIndex(broken, "there")).toThrow(
      expect.objectContaining({ code: "bad-manifest", subject: "there" }) as Error,
    );
  });

  it("never throws anything else, wherever a byte is changed", () => {
    for (let at = 0; at < text.length; at += 7) {
      const changed = `${text.slice(0, at)}\u0000${text.slice(at + 1)}`;
      expect(() => parseCatalogueIndex(changed, "there")).toThrow(
        expect.objectContaining({ name: "DrydockError" }) as Error,
      );
    }
  });
});

it("names each chunk once, though images share it", () => {
  const layers = Object.values(catalogueIndexSchema.parse(index).layers);
  const all = layers.flatMap(({ chunks }) => chunks.map(({ sha256 }) => sha256));
  expect([...catalogueChunkNames(index)].sort()).toEqual([...new Set(all)].sort());
});
