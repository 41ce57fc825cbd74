/** Names, tags and digests as OCI Distribution 1.1 ("Pulling manifests") and the image spec ("Digests") define them. */
import { RegistryError } from "./errors";

/** Docker's limit on a repository's whole name, without the host. */
const MAX_NAME_LENGTH = 255;

const COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const NAME = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const DIGEST = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;

/** Hexadecimal characters of each algorithm that this registry computes. */
const ALGORITHMS = { sha256: 64, sha512: 128 } as const;

export type DigestAlgorithm = keyof typeof ALGORITHMS;
export type Digest = `${DigestAlgorithm}:${string}`;

/** What stands at the end of a manifest's URL. */
export type Reference =
  { readonly kind: "tag"; readonly tag: string } | { readonly kind: "digest"; readonly digest: Digest };

export function isRepositoryName(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && NAME.test(text);
}

/** @throws RegistryError NAME_INVALID */
export function parseRepositoryName(text: string): string {
  if (!isRepositoryName(text)) throw new RegistryError("NAME_INVALID", { detail: text.slice(0, 300) });
  return text;
}

export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** @throws RegistryError TAG_INVALID */
export function parseTag(text: string): string {
  if (!isTag(text)) throw new RegistryError("TAG_INVALID", { detail: text.slice(0, 300) });
  return text;
}

function isAlgorithm(text: string): text is DigestAlgorithm {
  return Object.hasOwn(ALGORITHMS, text);
}

/** @throws RegistryError DIGEST_INVALID for an algorithm that this registry does not compute */
export function parseAlgorithm(text: string): DigestAlgorithm {
  if (isAlgorithm(text)) return text;
  throw new RegistryError("DIGEST_INVALID", {
    message: "unsupported digest algorithm",
    detail: text.slice(0, 300),
  });
}

export function isDigest(text: string): text is Digest {
  if (!DIGEST.test(text)) return false;
  const colon = text.indexOf(":");
  const algorithm = text.slice(0, colon);
  const encoded = text.slice(colon + 1);
  return isAlgorithm(algorithm) && encoded.length === ALGORITHMS[algorithm] && /^[0-9a-f]+$/.test(encoded);
}

/** @throws RegistryError DIGEST_INVALID for a malformed digest and for an algorithm other than sha256 and sha512 */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text;
  const message = DIGEST.test(text) ? "unsupported digest algorithm or length" : "invalid digest";
  throw new RegistryError("DIGEST_INVALID", { message, detail: text.slice(0, 300) });
}

export function algorithmOf(digest: Digest): DigestAlgorithm {
  return digest.startsWith("sha512:") ? "sha512" : "sha256";
}

/** A tag cannot hold a colon and a digest must, so the two never meet. @throws TAG_INVALID or DIGEST_INVALID */
export function parseReference(text: string): Reference {
  if (text.includes(":")) return { kind: "digest", digest: parseDigest(text) };
  return { kind: "tag", tag: parseTag(text) };
}
