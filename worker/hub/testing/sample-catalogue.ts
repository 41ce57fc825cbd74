/** A small catalogue in chunks, made on the spot. For tests. */
import { ChunkBox } from "../../disk/testing/chunk-box";
import { type CatalogueIndex, CATALOGUE_FORMAT, LAYER_CHUNK_BYTES } from "../catalogue/catalogue-index";
import type { Digest } from "../names";
import { OCI_INDEX } from "../manifest";
import { makeImage, makeIndex, type SampleImage } from "./sample-images";

export interface SampleCatalogue {
  readonly index: CatalogueIndex;
  readonly box: ChunkBox;
  /** Two layers: one of a few kilobytes, one of several chunks. */
  readonly image: SampleImage;
  readonly small: Digest;
  readonly large: Digest;
}

/** Bytes that differ everywhere, by a linear congruential generator. */
function noise(bytes: number): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(bytes);
  let state = 1;
  for (let at = 0; at < bytes; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    made[at] = state >>> 24;
  }
  return made;
}

/** `library/sample` with the tags `latest` and `1`. */
export async function sampleIndex(): Promise<SampleCatalogue> {
  const image = await makeImage({
    layers: [{ "/hello": "hello" }, { "/large": noise(2.5 * LAYER_CHUNK_BYTES) }],
  });
  const [small, large] = image.layers;
  if (small === undefined || large === undefined) throw new Error("the sample has two layers");
  const box = new ChunkBox();
  const decoder = new TextDecoder();
  const layers: CatalogueIndex["layers"] = {};
  for (const digest of image.layers) {
    const bytes = bytesOf(image, digest);
    const chunks = [];
    for (let at = 0; at < bytes.length; at += LAYER_CHUNK_BYTES) {
      chunks.push(box.addFrame(bytes.subarray(at, at + LAYER_CHUNK_BYTES)));
    }
    layers[digest] = { bytes: bytes.length, chunks };
  }
  const index: CatalogueIndex = {
    format: CATALOGUE_FORMAT,
    missing: [],
    absent: [],
    repositories: [
      {
        name: "library/sample",
        description: "A sample",
        stars: 3,
        official: true,
        tags: { latest: image.digest, "1": image.digest },
      },
    ],
    manifests: { [image.digest]: { mediaType: image.mediaType, text: decoder.decode(image.manifest) } },
    configs: { [image.config]: decoder.decode(bytesOf(image, image.config)) },
    layers,
    packages: { sample: "1.0-1" },
  };
  return { index, box, image, small, large };
}

/** As the hub's own images are: an index lists the sample's image, the tags name the index, and it plays 2.x. */
export async function listSample({ index, image }: SampleCatalogue): Promise<Digest> {
  const { digest, bytes } = await makeIndex({ "386": image });
  index.manifests[digest] = { mediaType: OCI_INDEX, text: new TextDecoder().decode(bytes) };
  const [repository] = index.repositories;
  if (repository === undefined) throw new Error("no repository");
  repository.tags = { latest: digest, "1": digest };
  repository.played = { tags: "2\\.\\d(-slim)?|3", digest, by: "sample:1" };
  return digest;
}

/** A blob of an image. @throws Error when it has none of that digest */
export function bytesOf(image: SampleImage, digest: Digest): Uint8Array<ArrayBuffer> {
  const bytes = image.blobs.get(digest);
  if (bytes === undefined) throw new Error(`no blob ${digest}`);
  return bytes;
}
