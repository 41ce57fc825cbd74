import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MANIFEST_FORMAT } from "../../contract/manifest";
import { ChunkFetcher } from "../disk/chunk-fetcher";
import { flipBit, nameChunk } from "../disk/testing/chunk-box";
import { sampleManifest } from "../disk/testing/sample-manifest";
import { pattern } from "../lan/testing/random";
import { chunkFolder, readManifest } from "./chunk-folder";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "drydock-chunks-"));
  await mkdir(join(folder, "chunks"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("chunkFolder", () => {
  it("reads a file", async () => {
    const chunk = nameChunk(pattern(0, 500));
    await writeFile(join(folder, "chunks", chunk.sha256), pattern(0, 500));
    expect(await chunkFolder(folder).read(chunk)).toEqual(pattern(0, 500));
  });

  it("says which chunk is missing, truncated or altered", async () => {
    const fetcher = new ChunkFetcher({ source: chunkFolder(folder), retryDelays: [] });
    const missing = nameChunk(pattern(1, 500));
    const truncated = nameChunk(pattern(2, 500));
    const altered = nameChunk(pattern(3, 500));
    await writeFile(join(folder, "chunks", truncated.sha256), pattern(2, 499));
    await writeFile(join(folder, "chunks", altered.sha256), flipBit(pattern(3, 500)));
    for (const chunk of [missing, truncated, altered]) {
      await expect(fetcher.fetch(chunk)).rejects.toMatchObject({ code: "bad-chunk", subject: chunk.sha256 });
    }
  });
});

describe("readManifest", () => {
  const path = (): string => join(folder, "manifest.json");

  it("fails when there is none", async () => {
    await expect(readManifest(join(folder, "nowhere"))).rejects.toMatchObject({
      code: "bad-manifest",
      subject: join(folder, "nowhere", "manifest.json"),
    });
  });

  it.each(["", "{", "null", "{}"])("refuses %j", async (text) => {
    await writeFile(path(), text);
    await expect(readManifest(folder)).rejects.toMatchObject({ code: "bad-manifest", subject: path() });
  });

  it("tells one of another format from a broken one", async () => {
    await writeFile(path(), JSON.stringify({ ...sampleManifest(), format: MANIFEST_FORMAT + 1 }));
    await expect(readManifest(folder)).rejects.toMatchObject({ code: "version-mismatch", subject: path() });
  });

  it("reads a good one", async () => {
    await writeFile(path(), JSON.stringify(sampleManifest()));
    expect(await readManifest(folder)).toEqual(sampleManifest());
  });
});
