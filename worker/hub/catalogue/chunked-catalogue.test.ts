import { describe, expect, it } from "vitest";
import type { Chunk } from "../../../contract/manifest";
import { ChunkFetcher } from "../../disk/chunk-fetcher";
import { CacheBox, flipBit } from "../../disk/testing/chunk-box";
import { firstDifference } from "../../disk/testing/first-difference";
import { createDecompress } from "../../disk/zstd";
import type { Catalogue } from "./catalogue";
import { type CatalogueIndex, LAYER_CHUNK_BYTES } from "./catalogue-index";
import { openChunkedCatalogue } from "./chunked-catalogue";
import { digestOf } from "../digest";
import { OCI_INDEX } from "../manifest";
import { bytesOf, listSample, sampleIndex, type SampleCatalogue } from "../testing/sample-catalogue";
import { SampleRegistry } from "../testing/sample-registry";

const decompress = await createDecompress();

async function open(
  sample: SampleCatalogue,
  index: CatalogueIndex = sample.index,
): Promise<{ catalogue: Catalogue; cache: CacheBox }> {
  const cache = new CacheBox();
  const chunks = new ChunkFetcher({ source: sample.box, cache, retryDelays: [0] });
  return { catalogue: await openChunkedCatalogue(index, { chunks, decompress }), cache };
}

function chunkAt(sample: SampleCatalogue, position: number): Chunk {
  const chunk = sample.index.layers[sample.large]?.chunks[position];
  if (chunk === undefined) throw new Error(`no chunk ${position}`);
  return chunk;
}

describe("a catalogue in chunks", () => {
  it("has its repositories, tags, manifests, configurations and layers", async () => {
    const sample = await sampleIndex();
    const { catalogue } = await open(sample);
    const { image } = sample;
    expect(catalogue.repositories).toEqual([
      { name: "library/sample", description: "A sample", stars: 3, official: true },
    ]);
    expect(catalogue.tags("library/sample")).toEqual(
      new Map([
        ["1", image.digest],
        ["latest", image.digest],
      ]),
    );
    expect(catalogue.tags("library/other")).toBeUndefined();
    expect(await catalogue.manifest("library/other", image.digest)).toBeUndefined();
    const registry = new SampleRegistry("private", { catalogue });
    expect((await registry.call("GET", "/v2/library/sample/manifests/latest")).bytes).toEqual(image.manifest);
    for (const [digest, bytes] of image.blobs) {
      const answer = await registry.call("GET", `/v2/library/sample/blobs/${digest}`);
      expect(firstDifference(answer.bytes, bytes)).toBe(-1);
    }
  });

  it("has an index, the image that it lists, and what plays other tags", async () => {
    const sample = await sampleIndex();
    const list = await listSample(sample);
    const { catalogue } = await open(sample);
    expect(catalogue.tags("library/sample")?.get("latest")).toBe(list);
    expect((await catalogue.manifest("library/sample", list))?.mediaType).toBe(OCI_INDEX);
    expect((await catalogue.manifest("library/sample", sample.image.digest))?.bytes).toEqual(
      sample.image.manifest,
    );
    expect(catalogue.played("library/sample", "2.7-slim")).toMatchObject({ digest: list, by: "sample:1" });
    for (const tag of ["2.7-slimmer", "x2.7", "latest\n2.7"]) {
      expect(catalogue.played("library/sample", tag)).toBeUndefined();
    }
    expect(catalogue.played("library/other", "2.7")).toBeUndefined();
  });

  const [C, END] = [LAYER_CHUNK_BYTES, 2.5 * LAYER_CHUNK_BYTES];
  it.each([
    [0, 0],
    [0, 1],
    [C - 1, C + 1],
    [C, 2 * C],
    [C, C + 1],
    [100, END],
    [END, END],
  ])("gives the bytes from %i to %i and fetches no chunk outside", async (start, end) => {
    const sample = await sampleIndex();
    const { catalogue } = await open(sample);
    const bytes = await readAll(catalogue.blob(sample.large)?.open(start, end));
    expect(firstDifference(bytes, bytesOf(sample.image, sample.large).slice(start, end))).toBe(-1);
    expect(sample.box.asked).toHaveLength(start === end ? 0 : Math.ceil(end / C) - Math.floor(start / C));
  });

  it("fetches nothing until a layer is read, and nothing twice when it is cached", async () => {
    const sample = await sampleIndex();
    const { catalogue, cache } = await open(sample);
    expect(sample.box.asked).toEqual([]);
    const blob = catalogue.blob(sample.large);
    for (let round = 0; round < 2; round++) await readAll(blob?.open(0, blob.size));
    expect(sample.box.asked).toHaveLength(3);
    expect(cache.files.size).toBe(3);
  });

  it("stops fetching when the reader leaves", async () => {
    const sample = await sampleIndex();
    const { catalogue } = await open(sample);
    const stream = await catalogue.blob(sample.large)?.open(0, 10);
    await stream?.cancel();
    await expect(catalogue.blob(sample.large)?.open(0, 10)).resolves.toBeInstanceOf(ReadableStream);
    expect(new Set(sample.box.asked).size).toBe(1);
  });
});

async function readAll(stream: Promise<ReadableStream<Uint8Array>> | undefined): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of (await stream) ?? []) parts.push(part);
  return Buffer.concat(parts);
}

describe("chunks that cannot be had", () => {
  it("asks again when a chunk is wrong once", async () => {
    const sample = await sampleIndex();
    const chunk = chunkAt(sample, 0);
    sample.box.answer(chunk, () => flipBit(sample.box.fileOf(chunk)));
    const { catalogue } = await open(sample);
    const registry = new SampleRegistry("hub", { catalogue });
    const token = await tokenFor(registry);
    const answer = await registry.call("GET", `/v2/library/sample/blobs/${sample.large}`, { headers: token });
    expect(firstDifference(answer.bytes, bytesOf(sample.image, sample.large))).toBe(-1);
  });

  it.each<[string, (sample: SampleCatalogue, chunk: Chunk) => Uint8Array<ArrayBuffer>]>([
    ["is altered", (sample, chunk) => flipBit(sample.box.fileOf(chunk))],
    ["is cut off", (sample, chunk) => sample.box.fileOf(chunk).slice(0, -1)],
    ["is empty", () => new Uint8Array(0)],
    [
      "is missing",
      () => {
        throw new Error("ENOENT");
      },
    ],
  ])("is a 503 before the answer begins when the first chunk %s", async (_, breakChunk) => {
    const sample = await sampleIndex();
    const chunk = chunkAt(sample, 0);
    sample.box.answer(chunk, ...[1, 2].map(() => () => breakChunk(sample, chunk)));
    const { catalogue } = await open(sample);
    const registry = new SampleRegistry("private", { catalogue });
    const answer = await registry.call("GET", `/v2/library/sample/blobs/${sample.large}`);
    expect([answer.status, answer.codes]).toEqual([503, ["UNAVAILABLE"]]);
    expect(registry.failures).toHaveLength(1);
    expect(registry.failures[0]?.cause).toMatchObject({ name: "DrydockError", subject: chunk.sha256 });
  });

  it("breaks the answer off when a later chunk is wrong: no client takes it for whole", async () => {
    const sample = await sampleIndex();
    const chunk = chunkAt(sample, 2);
    sample.box.answer(chunk, ...[1, 2].map(() => () => flipBit(sample.box.fileOf(chunk))));
    const { catalogue } = await open(sample);
    const registry = new SampleRegistry("private", { catalogue });
    await expect(registry.call("GET", `/v2/library/sample/blobs/${sample.large}`)).rejects.toMatchObject({
      code: "bad-chunk",
      subject: chunk.sha256,
    });
    const again = await registry.call("GET", `/v2/library/sample/blobs/${sample.large}`);
    expect(firstDifference(again.bytes, bytesOf(sample.image, sample.large))).toBe(-1);
  });

  it("says that a chunk is not what its place needs, though its name is right", async () => {
    const sample = await sampleIndex();
    const wrong = sample.box.addFrame(new Uint8Array(10));
    const layer = sample.index.layers[sample.large];
    if (layer === undefined) throw new Error("no layer");
    layer.chunks[0] = wrong;
    const { catalogue } = await open(sample);
    await expect(catalogue.blob(sample.large)?.open(0, 10)).rejects.toMatchObject({ code: "bad-chunk" });
  });
});

async function tokenFor(registry: SampleRegistry): Promise<Record<string, string>> {
  const query = "service=registry.docker.io&scope=repository:library/sample:pull";
  const answer = await registry.call("GET", `/token?${query}`);
  const { token } = JSON.parse(answer.text) as { token: string };
  return { authorization: `Bearer ${token}` };
}

describe("an index that does not hold together", () => {
  type Change = (index: CatalogueIndex, sample: SampleCatalogue) => unknown;
  it.each<[string, Change, (sample: SampleCatalogue) => string]>([
    [
      "a tag without its manifest",
      (index, { image }) => Reflect.deleteProperty(index.manifests, image.digest),
      () => "library/sample:1",
    ],
    [
      "a manifest that is not what its digest names",
      (index, { image }) => Object.assign(index.manifests[image.digest] ?? {}, { text: "{}" }),
      ({ image }) => image.digest,
    ],
    [
      "a configuration that is not what its digest names",
      (index, { image }) => Object.assign(index.configs, { [image.config]: "{}" }),
      ({ image }) => image.config,
    ],
    [
      "a manifest without its configuration",
      (index, { image }) => Reflect.deleteProperty(index.configs, image.config),
      ({ image }) => image.digest,
    ],
    [
      "a manifest without a layer",
      (index, { large }) => Reflect.deleteProperty(index.layers, large),
      ({ image }) => image.digest,
    ],
    [
      "a layer that lacks its last chunk",
      (index, { large }) => index.layers[large]?.chunks.pop(),
      ({ large }) => large,
    ],
    [
      "a layer of another size than its manifest says",
      (index, { large }) => Object.assign(index.layers[large] ?? {}, { bytes: LAYER_CHUNK_BYTES * 2.5 }),
      ({ image }) => image.digest,
    ],
    [
      "an index without its image",
      async (index, sample) => {
        await listSample(sample);
        Reflect.deleteProperty(index.manifests, sample.image.digest);
      },
      () => expect.stringContaining("sha256:") as string,
    ],
    [
      "an image of another size than its index says",
      async (index, sample) => {
        const list = await listSample(sample);
        const text = (index.manifests[list]?.text ?? "").replace(/"size":\d+/, '"size":1');
        Reflect.deleteProperty(index.manifests, list);
        const digest = await digestOf(new TextEncoder().encode(text));
        index.manifests[digest] = { mediaType: OCI_INDEX, text };
      },
      () => expect.stringContaining("sha256:") as string,
    ],
    [
      "played tags without their manifest",
      (index, { image }) => {
        const played = { tags: "2", digest: image.layers[0] ?? image.digest, by: "x" };
        Object.assign(index.repositories[0] ?? {}, { played });
      },
      () => "library/sample:2",
    ],
    [
      "a manifest of an unknown kind",
      (index, { image }) => Object.assign(index.manifests[image.digest] ?? {}, { mediaType: "text/plain" }),
      ({ image }) => image.digest,
    ],
  ])("is refused: %s", async (_, change, subject) => {
    const sample = await sampleIndex();
    await change(sample.index, sample);
    await expect(open(sample)).rejects.toMatchObject({
      name: "DrydockError",
      code: "bad-manifest",
      subject: subject(sample),
    });
  });
});
