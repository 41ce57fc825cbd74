/** What all of RAM holds at some moment: its fingerprints at once, its bytes when they are asked for. */
import { BLOCK_BYTES, type Manifest } from "../../../contract/manifest";
import { DrydockError } from "../../../contract/errors";
import { BlockStore } from "../../disk/block-store";
import type { ChunkFetcher } from "../../disk/chunk-fetcher";
import type { Decompress } from "../../disk/zstd";
import { Fingerprints } from "./fingerprints";

export interface MemoryImage {
  readonly fingerprints: Fingerprints;
  /** The bytes of these pages, none of which is all zeros. Rejects with what keeps them from being had. */
  read(pages: readonly number[]): Promise<ReadonlyMap<number, Uint8Array>>;
}

/** What a machine that booted from nothing begins with. */
export function emptyMemory(bytes: number): MemoryImage {
  return {
    fingerprints: new Fingerprints(bytes / BLOCK_BYTES),
    read: () => Promise.reject(new DrydockError("internal", "pages of zeros were asked for")),
  };
}

/** The memory of the guest as it is shipped. Its fingerprints are taken as its pages are written. */
export class ShippedMemory implements MemoryImage {
  readonly fingerprints: Fingerprints;
  readonly #map: Uint32Array;
  readonly #store: BlockStore;

  /** @param map for each page 0, or 1 + its block (contract/manifest.ts) */
  constructor(
    map: Uint32Array,
    source: {
      readonly manifest: Manifest;
      readonly fetcher: Pick<ChunkFetcher, "fetch">;
      readonly decompress: Decompress;
    },
  ) {
    this.#map = map;
    this.#store = new BlockStore(source);
    this.fingerprints = new Fingerprints(map.length);
  }

  async read(pages: readonly number[]): Promise<ReadonlyMap<number, Uint8Array>> {
    const byChunk = new Map<number, number[]>();
    for (const page of pages) {
      const chunk = this.#store.chunkOf((this.#map[page] ?? 0) - 1);
      const others = byChunk.get(chunk);
      if (others === undefined) byChunk.set(chunk, [page]);
      else others.push(page);
    }
    const read = new Map<number, Uint8Array>();
    await Promise.all(
      [...byChunk].map(async ([chunk, of]) => {
        const bytes = await this.#store.read(chunk);
        for (const page of of) {
          const offset = this.#store.offsetInChunk((this.#map[page] ?? 0) - 1);
          read.set(page, bytes.slice(offset, offset + BLOCK_BYTES));
        }
      }),
    );
    return read;
  }
}

/** Each page from where it is: from what was kept of it, or else from what it has in common with the base. */
export async function readEither(
  wanted: readonly number[],
  pages: ReadonlyMap<number, Uint8Array>,
  base: MemoryImage,
): Promise<ReadonlyMap<number, Uint8Array>> {
  const rest = wanted.filter((page) => !pages.has(page));
  const read = rest.length === 0 ? undefined : await base.read(rest);
  const bytes = new Map<number, Uint8Array>();
  for (const page of wanted) {
    const of = pages.get(page) ?? read?.get(page);
    if (of === undefined) throw new DrydockError("internal", `nobody has page ${page}`);
    bytes.set(page, of);
  }
  return bytes;
}
