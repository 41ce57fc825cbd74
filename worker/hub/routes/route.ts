/** The registry's URLs: OCI Distribution 1.1 "Endpoints", and Docker's `_catalog`. */
import { parseDigest, parseReference, parseRepositoryName, type Digest, type Reference } from "../names";

export type Route =
  | { readonly kind: "base" }
  | { readonly kind: "catalog" }
  | { readonly kind: "tags"; readonly name: string }
  | { readonly kind: "manifest"; readonly name: string; readonly reference: Reference }
  | { readonly kind: "blob"; readonly name: string; readonly digest: Digest }
  | { readonly kind: "uploads"; readonly name: string }
  | { readonly kind: "upload"; readonly name: string; readonly id: string }
  | { readonly kind: "referrers"; readonly name: string; readonly digest: Digest };

// A repository may have components named `blobs` or `tags`: the longest name that leaves an endpoint behind it is meant.
const ENDPOINT =
  /^\/v2\/(.*)\/(?:(tags\/list)|(blobs\/uploads\/?)|blobs\/uploads\/([^/]+)|manifests\/([^/]+)|blobs\/([^/]+)|referrers\/([^/]+))$/;

/**
 * The endpoint that a path under `/v2` names; undefined when it names none.
 * @throws RegistryError NAME_INVALID, TAG_INVALID, DIGEST_INVALID
 */
export function parseRoute(pathname: string): Route | undefined {
  if (pathname === "/v2" || pathname === "/v2/") return { kind: "base" };
  if (pathname === "/v2/_catalog") return { kind: "catalog" };
  const match = ENDPOINT.exec(pathname);
  if (match === null) return undefined;
  const [, rawName = "", tags, uploads, upload, manifest, blob, referrers] = match;
  const name = parseRepositoryName(rawName);
  if (tags !== undefined) return { kind: "tags", name };
  if (uploads !== undefined) return { kind: "uploads", name };
  if (upload !== undefined) return { kind: "upload", name, id: upload };
  if (manifest !== undefined)
    return { kind: "manifest", name, reference: parseReference(decodeSegment(manifest)) };
  if (blob !== undefined) return { kind: "blob", name, digest: parseDigest(decodeSegment(blob)) };
  return { kind: "referrers", name, digest: parseDigest(decodeSegment(referrers ?? "")) };
}

/** Percent-decoding (some clients write a digest's colon as %3A). What does not decode stays as it is, and is refused. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return segment;
    throw error;
  }
}
