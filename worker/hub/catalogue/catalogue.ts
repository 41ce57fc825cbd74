/**
 * The images that come with the app: read-only, public, and the same in every registry. What they are made of comes in
 * by interface; layers may be fetched from afar when they are read, so opening and reading them can fail.
 */
import type { Digest } from "../names";

export interface CatalogueRepository {
  /** With its namespace: `library/nginx`. */
  readonly name: string;
  readonly description: string;
  readonly stars: number;
  readonly official: boolean;
}

export interface CatalogueManifest {
  readonly mediaType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface CatalogueBlob {
  /** In bytes. */
  readonly size: number;
  /** The bytes from `start` up to and without `end`. Rejects, or fails in the stream, when they cannot be had. */
  open(start: number, end: number): Promise<ReadableStream<Uint8Array>>;
}

/** An image that belongs to the hub and that this build of the app does not have. */
export interface MissingImage {
  readonly name: string;
  readonly why: string;
}

/** An image that people ask for and that no build has. */
export interface AbsentImage {
  readonly name: string;
  /** Repositories of the catalogue that come nearest. */
  readonly instead: readonly string[];
}

/** What answers to a tag that the catalogue does not list. */
export interface PlayedTag {
  readonly digest: Digest;
  /** What it really is: `python:3.13`. */
  readonly by: string;
}

export interface Catalogue {
  readonly repositories: readonly CatalogueRepository[];
  readonly missing: readonly MissingImage[];
  readonly absent: readonly AbsentImage[];
  /** Tags of a repository and the manifests that they name; undefined when it is not in the catalogue. */
  tags(repository: string): ReadonlyMap<string, Digest> | undefined;
  /** A tag that is not among those, and that an image plays; undefined when none does. */
  played(repository: string, tag: string): PlayedTag | undefined;
  /** A manifest or index of that repository, tagged or reached through an index. */
  manifest(repository: string, digest: Digest): Promise<CatalogueManifest | undefined>;
  /** A layer or configuration of any of the catalogue's images. */
  blob(digest: Digest): CatalogueBlob | undefined;
}

/** A blob that is in memory already. */
export function bytesBlob(bytes: Uint8Array<ArrayBuffer>): CatalogueBlob {
  return {
    size: bytes.length,
    open: (start, end) =>
      Promise.resolve(new Blob([bytes.subarray(start, end)]).stream() as ReadableStream<Uint8Array>),
  };
}

export const emptyCatalogue: Catalogue = {
  repositories: [],
  missing: [],
  absent: [],
  tags: () => undefined,
  played: () => undefined,
  manifest: () => Promise.resolve(undefined),
  blob: () => undefined,
};
