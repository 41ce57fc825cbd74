/**
 * A catalogue from a folder in the form of the OCI image layout (image spec 1.1). The manifests of `index.json` are
 * named by their annotation `org.opencontainers.image.ref.name`, as `library/nginx:1.26`; a repository's description,
 * stars and official mark are annotations of any of its manifests there.
 */
import { open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { z } from "zod";
import type {
  Catalogue,
  CatalogueBlob,
  CatalogueManifest,
  CatalogueRepository,
} from "../catalogue/catalogue";
import { isIndexType, parseManifest } from "../manifest";
import { isDigest, isRepositoryName, isTag, type Digest } from "../names";

export const DESCRIPTION = "dev.drydock.description";
export const STARS = "dev.drydock.stars";
export const OFFICIAL = "dev.drydock.official";
const REF_NAME = "org.opencontainers.image.ref.name";

const indexSchema = z.object({
  manifests: z.array(
    z.object({
      mediaType: z.string(),
      digest: z.custom<Digest>((value) => typeof value === "string" && isDigest(value), "not a digest"),
      annotations: z.record(z.string(), z.string()).default({}),
    }),
  ),
});

interface Shelf {
  readonly repository: CatalogueRepository;
  readonly tags: Map<string, Digest>;
  readonly manifests: Map<Digest, CatalogueManifest>;
}

/** Reads the layout's index and manifests; layers stay on disk. @throws Error for a layout that is not one */
export async function readOciLayout(folder: string): Promise<Catalogue> {
  const json = JSON.parse(await readFile(join(folder, "index.json"), "utf8")) as unknown;
  const { manifests } = indexSchema.parse(json);
  const shelves = new Map<string, Shelf>();
  const blobs = new Map<Digest, CatalogueBlob>();
  for (const { digest, mediaType, annotations } of manifests) {
    const { name, tag } = parseRefName(annotations[REF_NAME] ?? "");
    const shelf = shelves.get(name) ?? newShelf(name, annotations);
    shelves.set(name, shelf);
    shelf.tags.set(tag, digest);
    await readManifest(folder, digest, mediaType, shelf.manifests, blobs);
  }
  return {
    missing: [],
    absent: [],
    repositories: [...shelves.values()].map((shelf) => shelf.repository),
    tags: (repository) => shelves.get(repository)?.tags,
    played: () => undefined,
    manifest: (repository, digest) => Promise.resolve(shelves.get(repository)?.manifests.get(digest)),
    blob: (digest) => blobs.get(digest),
  };
}

function newShelf(name: string, annotations: Readonly<Record<string, string>>): Shelf {
  const repository = {
    name,
    description: annotations[DESCRIPTION] ?? "",
    stars: Number(annotations[STARS] ?? 0),
    official: annotations[OFFICIAL] === "true",
  };
  return { repository, tags: new Map(), manifests: new Map() };
}

function parseRefName(text: string): { readonly name: string; readonly tag: string } {
  const colon = text.lastIndexOf(":");
  const [name, tag] = [text.slice(0, Math.max(colon, 0)), text.slice(colon + 1)];
  if (!isRepositoryName(name) || !isTag(tag))
    throw new Error(`not a repository and tag: ${JSON.stringify(text)}`);
  return { name, tag };
}

async function readManifest(
  folder: string,
  digest: Digest,
  mediaType: string,
  manifests: Map<Digest, CatalogueManifest>,
  blobs: Map<Digest, CatalogueBlob>,
): Promise<void> {
  const bytes = new Uint8Array(await readFile(blobPath(folder, digest)));
  manifests.set(digest, { mediaType, bytes });
  const parsed = parseManifest(new TextDecoder().decode(bytes), mediaType);
  if (isIndexType(mediaType)) {
    for (const child of parsed.children) {
      await readManifest(folder, child.digest, child.mediaType, manifests, blobs);
    }
  }
  for (const blob of parsed.blobs) blobs.set(blob.digest, await fileBlob(blobPath(folder, blob.digest)));
}

function blobPath(folder: string, digest: Digest): string {
  return join(folder, "blobs", ...digest.split(":"));
}

async function fileBlob(path: string): Promise<CatalogueBlob> {
  const { size } = await stat(path);
  return {
    size,
    open: async (start, end) => {
      if (start === end) return new Blob([]).stream() as ReadableStream<Uint8Array>;
      const file = await open(path);
      return Readable.toWeb(file.createReadStream({ start, end: end - 1 })) as ReadableStream<Uint8Array>;
    },
  };
}
