/**
 * Manifests: what is accepted, and what each refers to. OCI image spec 1.1 (manifest, index, descriptor) and Docker's
 * schema 2. Only the fields that a registry acts on are read; the rest is kept byte for byte.
 */
import { z } from "zod";
import { RegistryError } from "./errors";
import { parseJson } from "./json";
import { isDigest, type Digest } from "./names";

export const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
export const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
export const DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";

const IMAGE_TYPES: readonly string[] = [OCI_MANIFEST, DOCKER_MANIFEST];
const INDEX_TYPES: readonly string[] = [OCI_INDEX, DOCKER_LIST];
export const MANIFEST_TYPES: readonly string[] = [...IMAGE_TYPES, ...INDEX_TYPES];

const platform = z.object({
  architecture: z.string().default(""),
  os: z.string().default(""),
  variant: z.string().optional(),
});

const descriptor = z.object({
  mediaType: z.string().min(1),
  digest: z.custom<Digest>((value) => typeof value === "string" && isDigest(value), "not a digest"),
  size: z.number().int().nonnegative(),
  urls: z.array(z.string()).nullish(),
});

const common = {
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  annotations: z.record(z.string(), z.string()).nullish(),
  subject: descriptor.nullish(),
};

// A document that is both an image and an index means different things to different readers (CVE-2021-41190).
const image = z.object({
  ...common,
  config: descriptor,
  layers: z.array(descriptor).nullish(),
  manifests: z.undefined("an image manifest with `manifests`").optional(),
});
const index = z.object({
  ...common,
  manifests: z.array(descriptor.extend({ platform: platform.nullish() })).nullish(),
  config: z.undefined("an index with `config`").optional(),
  layers: z.undefined("an index with `layers`").optional(),
});

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

export interface ChildDescriptor extends Descriptor {
  readonly platform?: { readonly architecture: string; readonly os: string } | null | undefined;
}

/** A manifest that has a subject, as the referrers API lists it. */
export interface ReferrerDescriptor extends Descriptor {
  readonly artifactType?: string | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

export interface ParsedManifest {
  readonly mediaType: string;
  /** Blobs that must be in the repository. */
  readonly blobs: readonly Descriptor[];
  /** What an index lists, and must be in the repository: manifests, or blobs as in BuildKit's older caches. */
  readonly children: readonly ChildDescriptor[];
  /** The manifest that this one is about. It need not exist. */
  readonly subject: Digest | undefined;
  readonly artifactType: string | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

export function isIndexType(mediaType: string): boolean {
  return INDEX_TYPES.includes(mediaType);
}

/** Layers that licences keep out of registries: clients push none, and fetch them from the descriptor's URLs. */
function isForeign(layer: Descriptor): boolean {
  return layer.mediaType.includes("nondistributable") || layer.mediaType.includes(".foreign.");
}

/**
 * Reads a manifest's text. `contentType` is the pushed media type without parameters; "" takes the document's own word.
 * @throws RegistryError MANIFEST_INVALID
 */
export function parseManifest(text: string, contentType: string): ParsedManifest {
  const json = parseJson(text);
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw invalid("not a JSON object");
  const mediaType = contentType === "" ? inferType(json) : contentType;
  if (!MANIFEST_TYPES.includes(mediaType))
    throw invalid(`media type ${mediaType.slice(0, 100)} is not supported`);
  const parsed = isIndexType(mediaType) ? readIndex(json) : readImage(json);
  if (parsed.declared !== undefined && parsed.declared !== mediaType) {
    throw invalid("mediaType differs from Content-Type");
  }
  return { ...parsed.manifest, mediaType };
}

function inferType(json: object): string {
  if ("mediaType" in json && typeof json.mediaType === "string") return json.mediaType;
  return "manifests" in json ? OCI_INDEX : OCI_MANIFEST;
}

interface Reading {
  readonly declared: string | undefined;
  readonly manifest: Omit<ParsedManifest, "mediaType">;
}

function readImage(json: object): Reading {
  const parsed = image.safeParse(json);
  if (!parsed.success) throw invalid(describe(parsed.error));
  const { config, layers, subject, artifactType, annotations, mediaType } = parsed.data;
  return {
    declared: mediaType,
    manifest: {
      blobs: [config, ...(layers ?? [])].filter((blob) => !isForeign(blob)),
      children: [],
      subject: subject?.digest,
      artifactType: artifactType === undefined || artifactType === "" ? config.mediaType : artifactType,
      annotations: annotations ?? undefined,
    },
  };
}

function readIndex(json: object): Reading {
  const parsed = index.safeParse(json);
  if (!parsed.success) throw invalid(describe(parsed.error));
  const { manifests, subject, artifactType, annotations, mediaType } = parsed.data;
  return {
    declared: mediaType,
    manifest: {
      blobs: [],
      children: manifests ?? [],
      subject: subject?.digest,
      artifactType: artifactType === "" ? undefined : artifactType,
      annotations: annotations ?? undefined,
    },
  };
}

function describe(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? "malformed" : `${issue.path.join(".")}: ${issue.message}`;
}

function invalid(detail: string): RegistryError {
  return new RegistryError("MANIFEST_INVALID", { detail });
}
