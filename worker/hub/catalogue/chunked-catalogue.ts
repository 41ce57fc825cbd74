/** The catalogue out of its index and chunks: layers are fetched when they are pulled, chunk by chunk. */
import type { Chunk } from "../../../contract/manifest";
import { DrydockError } from "../../../contract/errors";
import {
  bytesBlob,
  type Catalogue,
  type CatalogueBlob,
  type CatalogueManifest,
  type PlayedTag,
} from "./catalogue";
import {
  type CatalogueIndex,
  type CatalogueLayer,
  compileTagPattern,
  LAYER_CHUNK_BYTES,
} from "./catalogue-index";
import { digestOf } from "../digest";
import { isIndexType, parseManifest, type ParsedManifest } from "../manifest";
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
  }
  const children = new Map(
    entriesOf(index.manifests).map(([digest, { mediaType, text }]) => {
      const parsed = parseOrRefuse(digest, text, mediaType);
      refuseMissingBlobs(digest, parsed, blobs);
      refuseMissingChildren(digest, parsed, manifests);
      return [digest, parsed.children.map((child) => child.digest)] as const;
    }),
  );
  const shelves = new Map(
    index.repositories.map((repository) => [repository.name, openShelf(repository, children)] as const),
  );
  return {
    repositories: index.repositories.map(({ name, description, stars, official }) => ({
      name,
      description,
      stars,
      official,
    })),
    missing: index.missing,
    absent: index.absent,
    tags: (repository) => shelves.get(repository)?.tags,
    played: (repository, tag) => {
      const played = shelves.get(repository)?.played;
      return played?.pattern.test(tag) === true ? played : undefined;
    },
    manifest: (repository, digest) => {
      const isThere = shelves.get(repository)?.digests.has(digest) === true;
      return Promise.resolve(isThere ? manifests.get(digest) : undefined);
    },
    blob: (digest) => blobs.get(digest),
  };
}

interface Shelf {
  readonly tags: ReadonlyMap<string, Digest>;
  readonly played: (PlayedTag & { readonly pattern: RegExp }) | undefined;
  /** What the tags name, and what is listed there. */
  readonly digests: ReadonlySet<Digest>;
}

/** @param children of every manifest: empty for an image, undefined for one that is not there */
function openShelf(
  { name, tags, played }: CatalogueIndex["repositories"][number],
  children: ReadonlyMap<Digest, readonly Digest[]>,
): Shelf {
  const named = [
    ...entriesOf(tags),
    ...(played === undefined ? [] : [[played.tags, played.digest] as const]),
  ];
  const digests = named.flatMap(([tag, digest]) => {
    const below = children.get(digest);
    if (below !== undefined) return [digest, ...below];
    const message = `a tag names a manifest that is not in the catalogue: ${digest}`;
    throw new DrydockError("bad-manifest", message, { subject: `${name}:${tag}` });
  });
  return {
    tags: new Map(entriesOf(tags)),
    played: played && { digest: played.digest, by: played.by, pattern: compileTagPattern(played.tags) },
    digests: new Set(digests),
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

function refuse(subject: Digest, message: string, cause?: unknown): never {
  throw new DrydockError("bad-manifest", message, { subject, cause });
}

function parseOrRefuse(digest: Digest, text: string, mediaType: string): ParsedManifest {
  try {
    return parseManifest(text, mediaType);
  } catch (cause) {
    return refuse(digest, "a manifest of the catalogue is not one", cause);
  }
}

function refuseMissingBlobs(
  digest: Digest,
  manifest: ParsedManifest,
  blobs: ReadonlyMap<Digest, CatalogueBlob>,
): void {
  for (const blob of manifest.blobs) {
    const size = blobs.get(blob.digest)?.size;
    if (size === undefined)
      refuse(digest, `a manifest names a blob that is not in the catalogue: ${blob.digest}`);
    if (size !== blob.size)
      refuse(digest, `${blob.digest} has ${size} bytes, its manifest says ${blob.size}`);
  }
}

/** An index lists images that are in the catalogue, and no further index. */
function refuseMissingChildren(
  digest: Digest,
  manifest: ParsedManifest,
  manifests: ReadonlyMap<Digest, CatalogueManifest>,
): void {
  for (const child of manifest.children) {
    const found = manifests.get(child.digest);
    if (found === undefined || isIndexType(found.mediaType))
      refuse(digest, `an index lists an image that is not in the catalogue: ${child.digest}`);
    if (found.bytes.length !== child.size)
      refuse(digest, `${child.digest} has ${found.bytes.length} bytes, its index says ${child.size}`);
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
