/** The catalogue out of its index and chunks: layers are fetched when they are pulled, chunk by chunk. */
import type { Chunk } from "../../../contract/manifest";
import { DrydockError } from "../../../contract/errors";
import { bytesBlob, type Catalogue, type CatalogueBlob, type CatalogueManifest } from "./catalogue";
import { type CatalogueIndex, type CatalogueLayer, LAYER_CHUNK_BYTES } from "./catalogue-index";
import { digestOf } from "../digest";
import { parseManifest } from "../manifest";
import { algorithmOf, type Digest } from "../names";

/** Chunks that are fetched ahead of the one that is being read, so that the network's delay is not paid for each. */
const READ_AHEAD = 3;

export interface CatalogueParts {
  /** Verified, compressed chunks: a ChunkFetcher. Throws DrydockError `network`, `bad-chunk` or `aborted`. */
  readonly chunks: { fetch(chunk: Chunk, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> };
  /** Decompresses one zstd frame to exactly `size` bytes, or throws DrydockError `bad-chunk`. */
  readonly decompress: (frame: Uint8Array, size: number) => Uint8Array;
}

const encoder = new TextEncoder();

/**
 * A catalogue whose index holds together: every tag's manifest, every manifest's blobs and every digest of the small
 * documents are checked here, so that a client is never sent after something that is not there.
 *
 * @throws DrydockError `bad-manifest` with the digest or the tag that is wrong as subject
 */
export async function openChunkedCatalogue(index: CatalogueIndex, parts: CatalogueParts): Promise<Catalogue> {
  const blobs = new Map<Digest, CatalogueBlob>();
  for (const [digest, text] of entriesOf(index.configs)) {
    blobs.set(digest, bytesBlob(await encodeVerified(digest, text)));
  }
  for (const [digest, layer] of entriesOf(index.layers)) {
    const expected = Math.ceil(layer.bytes / LAYER_CHUNK_BYTES);
    if (layer.chunks.length !== expected) {
      const message = `a layer of ${layer.bytes} bytes in ${layer.chunks.length} chunks, not ${expected}`;
      throw new DrydockError("bad-manifest", message, { subject: digest });
    }
    blobs.set(digest, new ChunkedLayer(layer, parts));
  }
  const manifests = new Map<Digest, CatalogueManifest>();
  for (const [digest, { mediaType, text }] of entriesOf(index.manifests)) {
    manifests.set(digest, { mediaType, bytes: await encodeVerified(digest, text) });
    refuseMissingBlobs(digest, text, mediaType, blobs);
  }
  const shelves = new Map(
    index.repositories.map(({ name, tags }) => [name, new Map(entriesOf(tags))] as const),
  );
  for (const [name, tags] of shelves) {
    for (const [tag, digest] of tags) {
      if (manifests.has(digest)) continue;
      const message = `a tag names a manifest that is not in the catalogue: ${digest}`;
      throw new DrydockError("bad-manifest", message, { subject: `${name}:${tag}` });
    }
  }
  return {
    repositories: index.repositories.map(({ name, description, stars, official }) => ({
      name,
      description,
      stars,
      official,
    })),
    missing: index.missing,
    tags: (repository) => shelves.get(repository),
    manifest: (repository, digest) => {
      const tagged = [...(shelves.get(repository)?.values() ?? [])].includes(digest);
      return Promise.resolve(tagged ? manifests.get(digest) : undefined);
    },
    blob: (digest) => blobs.get(digest),
  };
}

/** `Object.entries` that keeps the keys' type. */
function entriesOf<K extends string, V>(record: Readonly<Partial<Record<K, V>>>): [K, V][] {
  return Object.entries(record) as [K, V][];
}

async function encodeVerified(digest: Digest, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = encoder.encode(text);
  if ((await digestOf(bytes, algorithmOf(digest))) === digest) return bytes;
  throw new DrydockError("bad-manifest", "a document is not the one that its digest names", {
    subject: digest,
  });
}

function refuseMissingBlobs(
  digest: Digest,
  text: string,
  mediaType: string,
  blobs: ReadonlyMap<Digest, CatalogueBlob>,
): void {
  const fail = (message: string, cause?: unknown): never => {
    throw new DrydockError("bad-manifest", message, { subject: digest, cause });
  };
  let parsed;
  try {
    parsed = parseManifest(text, mediaType);
  } catch (cause) {
    return fail("a manifest of the catalogue is not one", cause);
  }
  if (parsed.children.length > 0) return fail("the catalogue has images only, no indexes");
  for (const blob of parsed.blobs) {
    const size = blobs.get(blob.digest)?.size;
    if (size === undefined)
      return fail(`a manifest names a blob that is not in the catalogue: ${blob.digest}`);
    if (size !== blob.size) return fail(`${blob.digest} has ${size} bytes, its manifest says ${blob.size}`);
  }
}

class ChunkedLayer implements CatalogueBlob {
  readonly size: number;
  readonly #layer: CatalogueLayer;
  readonly #parts: CatalogueParts;

  constructor(layer: CatalogueLayer, parts: CatalogueParts) {
    this.size = layer.bytes;
    this.#layer = layer;
    this.#parts = parts;
  }

  /**
   * The first chunk is there before the stream is, so that what cannot be had is an error and not a broken answer. A
   * later chunk that cannot be had fails the stream with the fetcher's error. Cancelling stops what is under way.
   */
  async open(start: number, end: number): Promise<ReadableStream<Uint8Array>> {
    const abort = new AbortController();
    const chunks = this.#read(start, end, abort.signal);
    let first: IteratorResult<Uint8Array, void> | undefined = await chunks.next();
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const next = first ?? (await chunks.next());
          first = undefined;
          if (next.done === true) controller.close();
          else controller.enqueue(next.value);
        },
        cancel: async (reason) => {
          abort.abort(reason);
          await chunks.return(undefined);
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** The bytes from `start` up to `end`, in pieces of a chunk. */
  async *#read(start: number, end: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    if (start >= end) return;
    const first = Math.floor(start / LAYER_CHUNK_BYTES);
    const last = Math.ceil(Math.min(end, this.size) / LAYER_CHUNK_BYTES);
    const ahead: Promise<Uint8Array<ArrayBuffer>>[] = [];
    let asked = first;
    try {
      for (let index = first; index < last; index++) {
        while (asked < last && asked <= index + READ_AHEAD) ahead.push(this.#fetch(asked++, signal));
        const frame = await ahead.shift();
        if (frame === undefined) return;
        const offset = index * LAYER_CHUNK_BYTES;
        const bytes = this.#parts.decompress(frame, Math.min(LAYER_CHUNK_BYTES, this.size - offset));
        yield bytes.subarray(Math.max(0, start - offset), Math.min(bytes.byteLength, end - offset));
      }
    } finally {
      // No one waits for these any more: their failures are the one that was told, or of no interest.
      for (const rest of ahead) rest.catch(() => undefined);
    }
  }

  #fetch(index: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const chunk = this.#layer.chunks[index];
    if (chunk === undefined) throw new RangeError(`no chunk ${index}`);
    const fetched = this.#parts.chunks.fetch(chunk, signal);
    // Awaited in its turn: until then its failure must not count as unhandled.
    fetched.catch(() => undefined);
    return fetched;
  }
}
