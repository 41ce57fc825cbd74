/**
 * What the metadata store holds: the keys, and the shape of each value (JSON, checked when it is read back).
 *
 * A scope is a registry and a repository in it, `hub/library/nginx`. No part of a key can hold the character that
 * ends it: scopes have neither `:` nor `@`, tags have no `@`, and a digest has one `:`.
 */
import { z } from "zod";
import { parseJson } from "../json";
import { isDigest, type Digest } from "../names";

const digest = z.custom<Digest>((value) => typeof value === "string" && isDigest(value), "a digest");
const moment = z.number().int().nonnegative();

/** `at` is milliseconds since the epoch, here and below. */
export const repositoryRecord = z.object({ at: moment });
export const tagRecord = z.object({ digest, at: moment });
/** `text` is the manifest's exact bytes as UTF-8. */
export const manifestRecord = z.object({ mediaType: z.string(), text: z.string(), at: moment });
/** Says that a repository has a blob. The bytes are in the blob store. */
export const linkRecord = z.object({ at: moment });
export const referrerRecord = z.object({
  mediaType: z.string(),
  digest,
  size: z.number().int().nonnegative(),
  artifactType: z.string().optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
/** A password by PBKDF2: `salt` and `hash` in base64. */
export const accountRecord = z.object({
  salt: z.string(),
  hash: z.string(),
  iterations: z.number().int().positive(),
  at: moment,
});

export type Scope = `${string}/${string}`;

export const keys = {
  repositories: (registry: string) => `repository/${registry}/`,
  repository: (scope: Scope) => `repository/${scope}`,
  tags: (scope: Scope) => `tag/${scope}:`,
  tag: (scope: Scope, tag: string) => `tag/${scope}:${tag}`,
  allManifests: "manifest/",
  manifests: (scope: Scope) => `manifest/${scope}@`,
  manifest: (scope: Scope, digest: Digest) => `manifest/${scope}@${digest}`,
  allLinks: "blob/",
  links: (digest: Digest) => `blob/${digest}@`,
  link: (digest: Digest, scope: Scope) => `blob/${digest}@${scope}`,
  referrers: (scope: Scope, subject: Digest) => `referrer/${scope}@${subject}@`,
  referrer: (scope: Scope, subject: Digest, digest: Digest) => `referrer/${scope}@${subject}@${digest}`,
  allAccounts: "account/",
  account: (registry: string, name: string) => `account/${registry}/${name}`,
} as const;

/** The parts of a `keys.link`; undefined for any other key. */
export function parseLinkKey(key: string): { readonly digest: Digest; readonly scope: string } | undefined {
  const at = key.indexOf("@");
  const digest = key.slice(keys.allLinks.length, at);
  return at < 0 || !isDigest(digest) ? undefined : { digest, scope: key.slice(at + 1) };
}

/** The repository's scope in a `keys.manifest`. */
export function scopeOfManifestKey(key: string): string {
  return key.slice(keys.allManifests.length, key.indexOf("@"));
}

/** Reads a stored value. What is damaged counts as absent: the registry must not die of one bad record. */
export function decode<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  const json = parseJson(text);
  const parsed = schema.safeParse(json);
  return parsed.success ? parsed.data : undefined;
}
