/**
 * `catalogue.json`: the images that come with the app, as the pipeline publishes them beside `manifest.json`. Manifests,
 * indexes and configurations are small and stand in it byte for byte; a layer is a list of chunks, in the same folder and
 * of the same kind as the snapshot's (contract/manifest.ts). Images that share a layer share its chunks.
 */
import { z } from "zod";
import { chunkSchema } from "../../../contract/manifest";
import { DrydockError } from "../../../contract/errors";
import { isDigest, isRepositoryName, isTag, type Digest } from "../names";

export const CATALOGUE_FORMAT = 2;

/** Decompressed size of every chunk of a layer but the last, in bytes. */
export const LAYER_CHUNK_BYTES = 512 * 1024;

const digestSchema = z.custom<Digest>(
  (value) => typeof value === "string" && isDigest(value),
  "not a digest",
);
const nameSchema = z.string().refine(isRepositoryName, "not a repository's name");
const tagSchema = z.string().refine(isTag, "not a tag");

/** A regular expression for whole tags, which are at most 128 characters. */
const tagPatternSchema = z.string().max(2000).refine(isPattern, "not a regular expression");

function isPattern(text: string): boolean {
  try {
    return compileTagPattern(text).source !== "";
  } catch {
    // What the browser cannot compile is no pattern; what is wrong with it is for whoever made the index.
    return false;
  }
}

/** @throws SyntaxError for what is no regular expression */
export function compileTagPattern(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}

const playedSchema = z.object({
  /** The tags, beside those that are listed. */
  tags: tagPatternSchema,
  /** The manifest or index that answers to them. */
  digest: digestSchema,
  /** What it really is, as one would name it: `python:3.13`. */
  by: z.string().min(1),
});

const repositorySchema = z.object({
  /** With its namespace: `library/nginx`. */
  name: nameSchema,
  description: z.string(),
  /** What the search sorts by. */
  stars: z.number().int().nonnegative(),
  official: z.boolean(),
  tags: z.record(tagSchema, digestSchema),
  /** Tags that exist elsewhere and that an image of ours answers to, which says so. */
  played: playedSchema.optional(),
});

const layerSchema = z.object({
  /** Of the tar, which is what a client gets: layers are not compressed for it. */
  bytes: z.number().int().nonnegative(),
  chunks: z.array(chunkSchema),
});

export const catalogueIndexSchema = z.object({
  format: z.literal(CATALOGUE_FORMAT),
  repositories: z.array(repositorySchema),
  /** Images that belong to the hub and could not be built: the mirror did not have what they are made from. */
  missing: z.array(z.object({ name: nameSchema, why: z.string() })).default([]),
  /** Images that people ask for and that no build has, and the repositories here that come nearest. */
  absent: z.array(z.object({ name: nameSchema, instead: z.array(nameSchema) })).default([]),
  /** Exact text by digest. */
  manifests: z.record(digestSchema, z.object({ mediaType: z.string(), text: z.string() })),
  configs: z.record(digestSchema, z.string()),
  layers: z.record(digestSchema, layerSchema),
  /** Where it all came from: Debian's packages, binary and source, and their versions. */
  packages: z.record(z.string(), z.string()),
});

export type CatalogueIndex = z.infer<typeof catalogueIndexSchema>;
export type CatalogueLayer = z.infer<typeof layerSchema>;

/**
 * Reads the text of a `catalogue.json`. Digests are checked when the catalogue is opened.
 * @param subject the index's path or URL, for the error
 * @throws DrydockError `version-mismatch` for another format, `bad-manifest`
 */
export function parseCatalogueIndex(text: string, subject: string): CatalogueIndex {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new DrydockError("bad-manifest", "the catalogue's index is not JSON, or cut off", {
      subject,
      cause,
    });
  }
  const format = z.object({ format: z.number() }).safeParse(json);
  if (format.success && format.data.format !== CATALOGUE_FORMAT) {
    const message = `the catalogue is of format ${format.data.format}, this program reads ${CATALOGUE_FORMAT}`;
    throw new DrydockError("version-mismatch", message, { subject });
  }
  const parsed = catalogueIndexSchema.safeParse(json);
  if (!parsed.success) throw new DrydockError("bad-manifest", z.prettifyError(parsed.error), { subject });
  return parsed.data;
}

/** Every chunk of the catalogue, each name once. */
export function catalogueChunkNames(index: CatalogueIndex): Set<string> {
  return new Set(Object.values(index.layers).flatMap(({ chunks }) => chunks.map(({ sha256 }) => sha256)));
}
