/** What can be kept for offline use, by part: from the manifest, the catalogue and the release's list. */
import type { PartId } from "../../contract/offline";
import { blobsOf, type Chunk, type Manifest } from "../../contract/manifest";
import type { Release } from "../../contract/shell";
import type { CatalogueIndex } from "../hub/catalogue/catalogue-index";
import { parseManifest } from "../hub/manifest";

/** Each store has its files under their digests. */
export type StoreName = "chunks" | "catalogue" | "shell";

export interface OfflineFile extends Chunk {
  readonly store: StoreName;
  /** Of a file of the page, relative to it. */
  readonly path?: string;
}

interface OfflinePart {
  readonly id: PartId;
  /** Indices of `OfflinePlan.files`. */
  readonly files: readonly number[];
}

export interface OfflinePlan {
  /** Each file once, whatever parts it belongs to. */
  readonly files: readonly OfflineFile[];
  readonly parts: readonly OfflinePart[];
  readonly release: string;
}

/** @throws HubError when a manifest of the catalogue is none: opening the catalogue has checked that already */
export function planParts(manifest: Manifest, catalogue: CatalogueIndex, release: Release): OfflinePlan {
  const files: OfflineFile[] = [];
  const indices = new Map<string, number>();
  const add = (file: OfflineFile): number => {
    const key = `${file.store} ${file.path ?? ""} ${file.sha256}`;
    const known = indices.get(key);
    if (known !== undefined) return known;
    indices.set(key, files.length);
    return files.push(file) - 1;
  };
  const part = (id: PartId, own: readonly OfflineFile[]): OfflinePart => ({
    id,
    files: [...new Set(own.map(add))],
  });
  const chunks = (own: readonly Chunk[]): OfflineFile[] =>
    own.map(({ sha256, bytes }) => ({ store: "chunks", sha256, bytes }));

  const { chunks: all, ramChunks, hotChunks } = manifest.blocks;
  const blobs = blobsOf(manifest).flatMap((blob) => blob.chunks);
  const parts = [
    part("machine", chunks([...blobs, ...all.slice(0, ramChunks)])),
    part("commands", chunks(all.slice(ramChunks, hotChunks))),
    part("disk", chunks(all.slice(hotChunks))),
    part(
      "lessons",
      release.lessons.map(({ path, sha256, bytes }) => ({ store: "shell", path, sha256, bytes })),
    ),
    ...catalogue.repositories.map(({ name, tags }) =>
      part(`image:${name}`, imageFiles(catalogue, Object.values(tags))),
    ),
  ];
  return { files, parts, release: release.id };
}

/** The chunks of the layers of all of a repository's tags: of images, and of those that an index lists. */
function imageFiles(catalogue: CatalogueIndex, digests: readonly string[]): OfflineFile[] {
  return digests.flatMap((digest) => {
    const manifest = entryOf(catalogue.manifests, digest);
    if (manifest === undefined) return [];
    const { blobs, children } = parseManifest(manifest.text, manifest.mediaType);
    const layers = blobs.flatMap((blob) => {
      const layer = entryOf(catalogue.layers, blob.digest);
      return (layer?.chunks ?? []).map(
        ({ sha256, bytes }) => ({ store: "catalogue", sha256, bytes }) as const,
      );
    });
    const listed = children.map((child) => child.digest);
    return listed.length === 0 ? layers : imageFiles(catalogue, listed);
  });
}

function entryOf<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
